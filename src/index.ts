/**
 * The plugins of every room.
 */
import apps from './apps/index';
import containers from './containers/index';
import cwl from './cwl/index';
import packages from './packages/index';
import runs from './runs/index';
import s3 from './s3/index';
import toolboxes from './toolboxes/index';

export default [
  ...cwl,
  ...runs,
  ...s3,
  ...containers,
  ...packages,
  ...apps,
  ...toolboxes
];
