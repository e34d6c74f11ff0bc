import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';

import { placeOf } from '../tourcard';
import { stepsOf, Tour } from '../tourmodel';

const PAGE = { width: 1000, height: 800 };
const trans = nullTranslator.load('ellip_lab');

function tourOf(
  acts: Partial<Parameters<typeof stepsOf>[0]> = {},
  state = new StateDB()
): { tour: Tour; did: string[]; state: StateDB } {
  const did: string[] = [];
  const does = (word: string) => async (id?: string) => {
    did.push(id ?? word);
  };
  const tour = new Tour({
    steps: stepsOf(
      {
        demo: does('demo'),
        form: does('form'),
        panel: does('panel'),
        ...acts
      },
      trans
    ),
    state,
    done: async () => {
      did.push('done');
    },
    failed: error => did.push(String(error))
  });
  return { tour, did, state };
}

describe('the tour', () => {
  it('leads through its steps, does what they say, and ends for good', async () => {
    const { tour, did, state } = tourOf();
    tour.offer();
    expect(tour.place).toBe('offer');
    await tour.start();
    for (let at = 0; at < tour.steps.length; at++) {
      expect(tour.place).toBe(at);
      await tour.next();
    }
    expect(tour.place).toBeNull();
    expect(did).toEqual([
      'demo',
      'form',
      'ellip-lab-runs',
      'ellip-lab-s3',
      'done'
    ]);
    expect(await tourOf({}, state).tour.resume()).toBe(false);
  });

  it('goes back, and stays at the first', async () => {
    const { tour } = tourOf();
    await tour.start();
    await tour.next();
    await tour.back();
    expect(tour.place).toBe(0);
    await tour.back();
    expect(tour.place).toBe(0);
  });

  it('is at the same step after a reload', async () => {
    const { tour, state } = tourOf();
    await tour.start();
    await tour.next();
    await tour.next();
    const again = tourOf({}, state);
    expect(await again.tour.resume()).toBe(true);
    expect(again.tour.place).toBe(2);
    expect(again.did).toEqual([]);
  });

  it('stays where it is when a step cannot be done, and says why', async () => {
    const { tour, did } = tourOf({
      demo: () => Promise.reject(new Error('no room'))
    });
    await tour.start();
    await tour.next();
    expect(tour.place).toBe(0);
    expect(did).toEqual(['Error: no room']);
    expect(tour.isBusy).toBe(false);
  });

  it('that is ended while a step is done does not come back', async () => {
    let finish = (): void => undefined;
    const { tour } = tourOf({
      demo: () => new Promise<void>(resolve => (finish = resolve))
    });
    await tour.start();
    const going = tour.next();
    await tour.end();
    finish();
    await going;
    expect(tour.place).toBeNull();
  });
});

describe('the place of the card', () => {
  const box = { left: 20, top: 100, width: 40, height: 40 };

  it('is right of what it speaks of, where there is room', () => {
    expect(placeOf(box, PAGE)).toEqual({ left: 72, top: 100 });
  });

  it('is left of it, where there is none at the right', () => {
    expect(placeOf({ ...box, left: 900 }, PAGE)).toEqual({
      left: 568,
      top: 100
    });
  });

  it('is below what is as wide as the page', () => {
    const wide = { left: 0, top: 40, width: 1000, height: 30 };
    expect(placeOf(wide, PAGE)).toEqual({ left: 668, top: 82 });
  });

  it('never leaves the page', () => {
    for (const left of [-50, 0, 500, 990]) {
      for (const top of [-50, 0, 500, 790]) {
        const spot = placeOf({ left, top, width: 600, height: 700 }, PAGE);
        expect(spot.left).toBeGreaterThanOrEqual(0);
        expect(spot.left + 320).toBeLessThanOrEqual(PAGE.width);
        expect(spot.top).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
