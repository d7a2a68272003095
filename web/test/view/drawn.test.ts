import { beforeEach, describe, expect, test, vi } from "vitest";

import { Drawn, PATIENCE } from "../../src/view/drawn.js";

const from = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, at) => first + at);

/** A list of 1000 rows, of which those are known that `know` was told of. */
function list(active = 0) {
  const again = vi.fn();
  const drawn = new Drawn(again);
  const rows = new Set<number>();
  const known = (index: number) => rows.has(index);
  return {
    drawn,
    again,
    know: (first: number, end: number) => {
      for (const row of from(first, end)) rows.add(row);
    },
    settle: (wanted: readonly number[], total = 1000) =>
      drawn.settle(wanted, { total, active, known }),
  };
}

describe("Drawn", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  test("rows that are known are drawn", () => {
    const { drawn, settle, know } = list();
    know(0, 100);
    expect(settle(from(0, 10))).toEqual(from(0, 10));
    expect(settle(from(50, 60))).toEqual(from(50, 60));
    expect(drawn.missing).toBe(false);
  });

  test("after a jump the rows before stay until all the new ones are known", () => {
    const { drawn, settle, know } = list();
    know(0, 100);
    settle(from(0, 10));
    const far = [0, ...from(395, 405)];
    expect(settle(far)).toEqual(from(0, 10));
    expect(drawn.missing).toBe(true);
    know(395, 400);
    expect(settle(far)).toEqual(from(0, 10));
    know(400, 405);
    expect(settle(far)).toEqual(far);
    expect(drawn.missing).toBe(false);
  });

  test("scrolled by less than all rows, each is drawn once it is known", () => {
    const { drawn, settle, know } = list(5);
    know(0, 100);
    settle(from(85, 95));
    expect(settle([5, ...from(95, 105)].slice(0, 6))).toEqual([5, ...from(95, 100)]);
    expect(settle(from(97, 107))).toEqual([5, ...from(95, 100)]);
    expect(drawn.missing).toBe(true);
    know(100, 200);
    expect(settle(from(97, 107))).toEqual(from(97, 107));
  });

  test("the row that takes the focus is always drawn", () => {
    const { settle, know } = list(999);
    know(0, 100);
    settle(from(0, 10));
    expect(settle([...from(500, 509), 999])).toEqual([...from(0, 9), 999]);
  });

  test("rows that come late are drawn without what they tell, once", () => {
    const { drawn, settle, know, again } = list();
    know(0, 100);
    settle(from(0, 10));
    const far = [0, ...from(500, 510)];
    settle(far);
    vi.advanceTimersByTime(PATIENCE - 1);
    expect(again).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(again).toHaveBeenCalledOnce();
    expect(settle(far)).toEqual(far);
    expect(drawn.missing).toBe(false);
    // Nobody has patience again until all is there.
    expect(settle([0, ...from(600, 610)])).toEqual([0, ...from(600, 610)]);
    know(600, 620);
    settle([0, ...from(600, 610)]);
    expect(settle([0, ...from(700, 710)])).toEqual([0, ...from(600, 610)]);
    vi.advanceTimersByTime(PATIENCE);
    expect(again).toHaveBeenCalledTimes(2);
  });

  test("rows that are in time call for nothing", () => {
    const { settle, know, again } = list();
    know(0, 100);
    settle(from(0, 10));
    settle(from(500, 510));
    know(500, 510);
    settle(from(500, 510));
    vi.advanceTimersByTime(10 * PATIENCE);
    expect(again).not.toHaveBeenCalled();
  });

  test("rows drawn before that are not known any more are drawn without what they told", () => {
    const { drawn, settle } = list();
    expect(settle(from(0, 10))).toEqual([0]);
    vi.advanceTimersByTime(PATIENCE);
    expect(settle(from(0, 10))).toEqual(from(0, 10));
    expect(settle(from(0, 10))).toEqual(from(0, 10));
    expect(drawn.missing).toBe(false);
  });

  test("no row stays that the list does not have any more", () => {
    const { settle, know } = list();
    know(0, 1000);
    settle(from(90, 100));
    expect(settle(from(0, 10), 95)).toEqual(from(0, 10));
    const { settle: other, know: learn } = list(40);
    learn(90, 100);
    other(from(90, 100));
    expect(other(from(30, 45), 95)).toEqual([40, ...from(90, 95)]);
  });
});
