import type { ContainerLog, ContainerLogQuery } from '../../contract';
import { containerLog } from '../containerlog';

/** A container that says a stretch each time it is asked. */
class FakeContainer {
  constructor(private readonly _stretches: readonly string[]) {}

  readonly asked: ContainerLogQuery[] = [];

  async containerLog(query: ContainerLogQuery): Promise<ContainerLog> {
    this.asked.push(query);
    const at = Number(query.since ?? 0);
    return {
      text: this._stretches[at] ?? '',
      next: String(at + 1),
      finished: at >= this._stretches.length - 1
    };
  }
}

async function ended(log: ReturnType<typeof containerLog>): Promise<void> {
  for (let turn = 0; turn < 100 && !log.finished; turn += 1) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

function lines(log: ReturnType<typeof containerLog>): readonly string[] {
  return log.blocks.flatMap(block => [...block.lines]);
}

it('follows a container from stretch to stretch until it ends', async () => {
  const said = new FakeContainer(['one\ntwo\n', 'größe\n', 'end\n']);
  const log = containerLog(said, 'c');
  await log.open();
  await ended(log);
  expect(lines(log)).toEqual(['one', 'two', 'größe', 'end']);
  expect(log.finished).toBe(true);
  expect(said.asked.map(query => query.since)).toEqual([null, '1', '2']);
  expect(said.asked[1]?.wait).toBeGreaterThan(0);
  log.dispose();
});

it('opens a long log at its end, whole lines only, and reads back', async () => {
  const all = Array.from({ length: 20_000 }, (_, at) => `zeile ${at} ü`);
  const log = containerLog(new FakeContainer([`${all.join('\n')}\n`]), 'c');
  await log.open();
  expect(log.atStart).toBe(false);
  expect(lines(log).at(-1)).toBe('zeile 19999 ü');
  expect(lines(log)[0]).toMatch(/^zeile \d+ ü$/);
  while (!log.atStart) {
    await log.before();
  }
  expect(lines(log)).toEqual(all);
  log.dispose();
});

it('says so when the container cannot be asked', async () => {
  const log = containerLog(
    {
      containerLog: async () => {
        throw new Error('gone');
      }
    },
    'c'
  );
  await log.open();
  expect(log.error).toEqual(new Error('gone'));
  log.dispose();
});
