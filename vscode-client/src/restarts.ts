// How often a server that falls over is started again before somebody has to look at it.

const LIMIT = 4;
const PERIOD_MS = 3 * 60 * 1000;

/** Counts crashes. A server that falls over more than four times within three minutes will do so again. */
export class Restarts {
  private crashes: number[] = [];

  constructor(
    private readonly limit = LIMIT,
    private readonly periodMs = PERIOD_MS,
  ) {}

  /** Note a crash at the time `now`, in milliseconds. Says whether the server may be started once more. */
  crashed(now: number): boolean {
    this.crashes = this.crashes.filter((then) => now - then < this.periodMs);
    this.crashes.push(now);
    return this.crashes.length <= this.limit;
  }
}
