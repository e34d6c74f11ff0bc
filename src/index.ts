/**
 * The plugins of every room.
 */
import cwl from './cwl/index';
import packages from './packages/index';
import runs from './runs/index';

export default [...cwl, ...runs, packages];
