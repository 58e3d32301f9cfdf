import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { job } from "./held-job.ts";
import { JobQueue } from "./job-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LONG = 60_000;
/** Lets everything happen that needs no time. */
const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const closed = new HostError("actor.stopped", "closed");

describe("a queue of calls", () => {
  it("runs the first at once and the others one by one in order of arrival", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const jobs = [job("a"), job("b"), job("c")];
    const results = jobs.map(({ run }) => queue.add(run, LONG));
    expect(jobs.map(({ started }) => started)).toEqual([true, false, false]);
    jobs[0]?.end();
    expect(await results[0]).toBe("a");
    await turn();
    expect(jobs.map(({ started }) => started)).toEqual([true, true, false]);
    jobs[1]?.end();
    jobs[2]?.end();
    expect(await Promise.all(results)).toEqual(["a", "b", "c"]);
  });

  it("goes on after a job that failed", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const [bad, good] = [job(), job()];
    const failed = queue.add(bad.run, LONG);
    const done = queue.add(good.run, LONG);
    bad.fail(new Error("bad"));
    await expect(failed).rejects.toThrow("bad");
    good.end();
    expect(await done).toBe("done");
  });

  it("counts those that wait and the one that runs", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    expect(queue.length).toBe(0);
    const jobs = [job(), job(), job()];
    const results = jobs.map(({ run }) => queue.add(run, LONG));
    expect(queue.length).toBe(3);
    for (const each of jobs) each.end();
    await Promise.all(results);
    await queue.whenIdle(LONG);
    expect(queue.length).toBe(0);
  });

  it("refuses one more than may wait, at once, and takes another when there is room", async () => {
    const queue = new JobQueue({ limit: 2, parallel: 1 });
    const jobs = [job(), job(), job()];
    const results = jobs.map(({ run }) => queue.add(run, LONG));
    const late = job();
    await expect(queue.add(late.run, LONG)).rejects.toMatchObject({
      code: "actor.queue_full",
      message: "2 calls wait already; this one was refused",
    });
    jobs[0]?.end();
    await results[0];
    await turn();
    const taken = queue.add(late.run, LONG);
    for (const each of [...jobs, late]) each.end();
    expect(await taken).toBe("done");
    await Promise.all(results);
  });

  it("drops one that has waited too long without running it", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const [running, waiting, next] = [job(), job(), job()];
    const first = queue.add(running.run, LONG);
    const dropped = expect(queue.add(waiting.run, 100)).rejects.toMatchObject({
      code: "actor.deadline",
      message: "The call waited 100 ms and was not started",
    });
    const last = queue.add(next.run, LONG);
    await vi.advanceTimersByTimeAsync(99);
    expect(queue.length).toBe(3);
    await vi.advanceTimersByTimeAsync(1);
    await dropped;
    expect(queue.length).toBe(2);
    running.end();
    next.end();
    await Promise.all([first, last]);
    expect(waiting.started).toBe(false);
  });

  it("does not bound how long a job runs, only how long it waits", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const [first, second] = [job(), job("slow")];
    const results = [queue.add(first.run, 1), queue.add(second.run, 100)];
    await vi.advanceTimersByTimeAsync(50);
    first.end();
    await results[0];
    await vi.advanceTimersByTimeAsync(LONG);
    second.end();
    expect(await results[1]).toBe("slow");
  });

  it("drops one that may not wait at all, unless it need not", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const running = job();
    const first = queue.add(running.run, 0);
    expect(running.started).toBe(true);
    const dropped = expect(queue.add(job().run, 0)).rejects.toMatchObject({ code: "actor.deadline" });
    await vi.advanceTimersByTimeAsync(1);
    await dropped;
    running.end();
    await first;
  });
});

describe("closing a queue", () => {
  it("refuses what waits and what comes, while the running job goes on", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const [running, waiting] = [job(), job()];
    const first = queue.add(running.run, LONG);
    const refused = expect(queue.add(waiting.run, LONG)).rejects.toBe(closed);
    queue.close(closed);
    queue.close(new HostError("internal", "again"));
    await refused;
    await expect(queue.add(waiting.run, LONG)).rejects.toBe(closed);
    running.end();
    expect(await first).toBe("done");
    expect(waiting.started).toBe(false);
  });

  it("leaves no timers behind", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const running = job();
    const all = [queue.add(running.run, LONG), queue.add(job().run, LONG).catch(() => undefined)];
    queue.close(closed);
    const idle = queue.whenIdle(LONG);
    running.end();
    await Promise.all([...all, idle]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a queue that is held", () => {
  it("starts nothing until it is resumed, and takes as many more as would run otherwise", async () => {
    const queue = new JobQueue({ limit: 1, parallel: 2 });
    const resume = queue.queue.hold();
    const jobs = [job("a"), job("b"), job("c"), job("d")];
    const results = jobs.map(({ run }) => queue.add(run, LONG));
    await expect(results[3]).rejects.toMatchObject({ code: "actor.queue_full" });
    expect(jobs.some(({ started }) => started)).toBe(false);
    resume();
    expect(jobs.map(({ started }) => started)).toEqual([true, true, false, false]);
    for (const each of jobs) each.end();
    expect(await Promise.all(results.slice(0, 3))).toEqual(["a", "b", "c"]);
  });

  it("drops what waits too long meanwhile, and is idle when nothing runs", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const running = job();
    const first = queue.add(running.run, LONG);
    queue.queue.hold();
    const dropped = expect(queue.add(job().run, 50)).rejects.toMatchObject({ code: "actor.deadline" });
    const idle = queue.whenIdle(LONG);
    running.end();
    await Promise.all([first, idle]);
    await vi.advanceTimersByTimeAsync(50);
    await dropped;
    expect(queue.length).toBe(0);
  });
});

describe("waiting until a queue is idle", () => {
  it("ends at once if nothing runs", async () => {
    await new JobQueue({ limit: 1, parallel: 1 }).whenIdle(LONG);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends when the last job has ended, for everybody who waits", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const [first, second] = [job(), job()];
    const results = [queue.add(first.run, LONG), queue.add(second.run, LONG)];
    let idle = 0;
    const waiting = [queue.whenIdle(LONG), queue.whenIdle(LONG)].map((done) => done.then(() => idle++));
    first.end();
    await results[0];
    await vi.advanceTimersByTimeAsync(10);
    expect(idle).toBe(0);
    second.end();
    await Promise.all([...results, ...waiting]);
    expect(idle).toBe(2);
  });

  it("ends after the given time, though the job goes on", async () => {
    const queue = new JobQueue({ limit: 10, parallel: 1 });
    const running = job();
    const result = queue.add(running.run, LONG);
    const waiting = queue.whenIdle(50);
    await vi.advanceTimersByTimeAsync(50);
    await waiting;
    running.end();
    expect(await result).toBe("done");
  });
});
