import { draftFrom, draftOf, endpointOf, nameFor, requestOf } from '../draft';
import { connection, preset } from './samples';

const regional = preset('hetzner', {
  title: 'Hetzner',
  endpoint: 'https://{region}.example.org',
  regions: [
    { name: 'fsn1', title: 'Falkenstein', endpoint: null },
    { name: 'own', title: '', endpoint: 'https://own.example.org' }
  ]
});

it('fills in what a service says', () => {
  const draft = draftOf(regional);
  expect([draft.title, draft.region, draft.endpoint]).toEqual([
    'Hetzner',
    'fsn1',
    ''
  ]);
  expect(endpointOf(regional, 'fsn1')).toBe('https://fsn1.example.org');
  expect(endpointOf(regional, 'own')).toBe('https://own.example.org');
  expect(endpointOf(null, 'x')).toBe('');
});

it('asks for what was written and no more', () => {
  const draft = {
    ...draftOf(regional),
    title: ' My store ',
    accessKey: ' AK ',
    secretKey: 'SK',
    buckets: 'one, two  three'
  };
  expect(requestOf(draft, regional, ['my-store'], false)).toMatchObject({
    name: 'my-store-2',
    title: 'My store',
    preset: 'hetzner',
    endpoint: 'https://fsn1.example.org',
    region: 'fsn1',
    buckets: ['one', 'two', 'three'],
    credentials: { access_key: 'AK', secret_key: 'SK', session_token: null },
    replace: false
  });
});

it('sends no keys where nobody signs, and none when they are to be kept', () => {
  const open = draftOf(
    preset('open', { auth: 'anonymous', buckets: ['cogs'] })
  );
  expect(
    requestOf({ ...open, accessKey: 'left over' }, null, [], false).credentials
  ).toBeNull();
  const kept = draftFrom(connection('mine', { title: 'Mine' }));
  expect(requestOf(kept, null, ['mine'], true)).toMatchObject({
    name: 'mine',
    credentials: null,
    replace: true
  });
});

it('makes names that an address can hold', () => {
  expect(nameFor('Côte d’Azur (S3)!', [])).toBe('cote-d-azur-s3');
  expect(nameFor('星', ['store'])).toBe('store-2');
});
