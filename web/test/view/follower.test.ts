import { expect, test, vi } from "vitest";

import { Follower } from "../../src/view/follower.js";

test("many changes are one run, and one more for what came meanwhile", async () => {
  vi.useFakeTimers();
  const task = vi.fn(() => Promise.resolve());
  const follower = new Follower(task, 100);
  for (let i = 0; i < 10; i += 1) follower.nudge();
  await vi.advanceTimersByTimeAsync(50);
  expect(task).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(60);
  expect(task).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(500);
  expect(task).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test("a failure does not end it, a stop does", async () => {
  vi.useFakeTimers();
  const task = vi.fn(() => Promise.reject(new Error("closed")));
  const follower = new Follower(task, 10);
  follower.nudge();
  await vi.advanceTimersByTimeAsync(50);
  follower.nudge();
  await vi.advanceTimersByTimeAsync(50);
  expect(task).toHaveBeenCalledTimes(2);
  follower.stop();
  follower.nudge();
  await vi.advanceTimersByTimeAsync(50);
  expect(task).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test("the longer a run takes, the longer is the pause after it", async () => {
  vi.useFakeTimers();
  const task = vi.fn(() => new Promise<void>((done) => setTimeout(done, 200)));
  const follower = new Follower(task, 100);
  follower.nudge();
  await vi.advanceTimersByTimeAsync(210);
  follower.nudge();
  await vi.advanceTimersByTimeAsync(580);
  expect(task).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(20);
  expect(task).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
