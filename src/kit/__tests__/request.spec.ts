import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { describe as said } from '../notice';
import { address, ProblemError, requestJson } from '../request';

const trans = nullTranslator.load('ellip_lab');

/** Settings whose server answers as it is told, and remembers what it was asked. */
function serverThat(answer: () => Response | Promise<Response>): {
  settings: ServerConnection.ISettings;
  asked: Request[];
} {
  const asked: Request[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:8888/a%40b/',
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      asked.push(new Request(input, init));
      return answer();
    }
  });
  return { settings, asked };
}

const problem = (status: number, body: unknown): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status
  });

it('keeps the base URL and leaves out what is null', () => {
  const { settings } = serverThat(() => problem(200, {}));
  expect(
    address(settings, 'runs/x/log', { offset: null, limit: 5, job: 'a b' })
  ).toBe('http://localhost:8888/a%40b/ellip-lab/runs/x/log?limit=5&job=a+b');
});

it('sends JSON and says so', async () => {
  const { settings, asked } = serverThat(() => problem(200, { id: 'x' }));
  await expect(
    requestJson(settings, 'runs', {
      method: 'POST',
      body: { document: 'a.cwl' }
    })
  ).resolves.toEqual({
    id: 'x'
  });
  expect(asked[0]?.method).toBe('POST');
  expect(asked[0]?.headers.get('content-type')).toBe('application/json');
  await expect(asked[0]?.json()).resolves.toEqual({ document: 'a.cwl' });
});

it('makes a typed error of problem+json', async () => {
  const { settings } = serverThat(() =>
    problem(422, {
      type: 'https://schema.ellip.studio/problem/invalid',
      title: 'Unprocessable',
      status: 422,
      detail: 'The inputs do not fit',
      hint: 'Look at the form',
      problems: [
        { message: 'is not a number', field: 'epsg', severity: 'error' }
      ]
    })
  );
  const error = await requestJson(settings, 'runs').catch(
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(ProblemError);
  const told = error as ProblemError;
  expect([told.status, told.kind, told.hint]).toEqual([
    422,
    'invalid',
    'Look at the form'
  ]);
  expect(told.problems[0]?.field).toBe('epsg');
  expect(said(told, trans)).toBe(
    'The inputs do not fit\nis not a number\nLook at the form'
  );
});

it('makes an error of a proxy that speaks HTML', async () => {
  const { settings } = serverThat(() =>
    problem(502, '<html>Bad gateway</html>')
  );
  await expect(requestJson(settings, 'runs')).rejects.toMatchObject({
    status: 502
  });
});

it('tells a server that is gone from one that refuses', async () => {
  const { settings } = serverThat(() => {
    throw new TypeError('Failed to fetch');
  });
  const error = await requestJson(settings, 'runs').catch(
    (reason: unknown) => reason
  );
  expect(error).toMatchObject({ status: 0, kind: 'unreachable' });
  expect(said(error, trans)).toContain('does not answer');
});
