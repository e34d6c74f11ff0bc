import { nullTranslator } from '@jupyterlab/translation';

import { CONTAINERFILE } from '../commands';
import { containerfileOf } from '../desk';
import {
  hostOf,
  isCommand,
  partsOf,
  shortName,
  stateText,
  usersText
} from '../names';
import { container } from './samples';

const trans = nullTranslator.load('ellip_lab');

it.each([
  ['gdal', 'gdal', null, null],
  ['docker.io/osgeo/gdal:3.9', 'docker.io/osgeo/gdal', '3.9', null],
  ['localhost:5000/tool', 'localhost:5000/tool', null, null],
  ['localhost:5000/tool:1', 'localhost:5000/tool', '1', null],
  ['quay.io/a/b@sha256:12', 'quay.io/a/b', null, 'sha256:12'],
  ['quay.io/a/b:1@sha256:12', 'quay.io/a/b', '1', 'sha256:12']
])('cuts %s into its parts', (name, repository, tag, digest) => {
  expect(partsOf(name)).toEqual({ repository, tag, digest });
});

it('leaves out what goes without saying', () => {
  expect(shortName('docker.io/library/debian:12')).toBe('debian:12');
  expect(shortName('localhost/tool:1')).toBe('tool:1');
  expect(shortName('localhost:5000/tool:1')).toBe('localhost:5000/tool:1');
  expect(shortName(`quay.io/a@sha256:${'1'.repeat(64)}`)).toBe(
    'quay.io/a@111111111111'
  );
});

it('knows the host of a name', () => {
  expect(hostOf('osgeo/gdal')).toBeNull();
  expect(hostOf('127.0.0.1:5000/gdal')).toBe('127.0.0.1:5000');
  expect(hostOf('localhost/gdal')).toBe('localhost');
});

it('says who uses an image, what runs first', () => {
  expect(usersText([], trans)).toBe('unused');
  const document = {
    kind: 'document',
    name: 'a/crop.cwl',
    line: 3,
    running: false
  } as const;
  expect(usersText([document], trans)).toBe('used by crop.cwl');
  expect(
    usersText(
      [
        document,
        { kind: 'container', name: 'brave', line: null, running: true }
      ],
      trans
    )
  ).toBe('used by brave and 1 more');
});

it('says how a container stands', () => {
  expect(stateText(container(1), trans)).toBe('running');
  expect(
    stateText(container(1, { state: 'exited', exit_code: 3 }), trans)
  ).toBe('ended, exit 3');
  expect(
    stateText(container(1, { state: 'exited', exit_code: 0 }), trans)
  ).toBe('ended');
});

it('tells a command from a sentence', () => {
  expect(isCommand('sudo apt-get install -y podman')).toBe(true);
  expect(isCommand('Add yourself to the group docker, then log in.')).toBe(
    false
  );
  expect(isCommand('Install docker, or podman, which needs no daemon.')).toBe(
    false
  );
});

it.each([
  ['Containerfile', true],
  ['Dockerfile', true],
  ['Dockerfile.dev', true],
  ['tool.Dockerfile', true],
  ['Containerfile.gpu', true],
  ['MyDockerfile', false],
  ['Dockerfiles', false],
  ['crop.cwl', false]
])('%s is a Containerfile: %s', (name, expected) => {
  expect(CONTAINERFILE.test(name)).toBe(expected);
});

it('finds the file of a build', () => {
  expect(containerfileOf({ request: { folder: 'a', name: 'x' } })).toBe(
    'a/Containerfile'
  );
  expect(
    containerfileOf({ request: { folder: '.', containerfile: 'Dockerfile' } })
  ).toBe('Dockerfile');
  expect(containerfileOf({ request: { image: 'x' } })).toBeNull();
});
