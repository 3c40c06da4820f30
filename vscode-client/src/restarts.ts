// Limits how often a crashing server is restarted.

const LIMIT = 4;
const PERIOD_MS = 3 * 60 * 1000;

/** Counts crashes. After more than four crashes within three minutes, another restart would not help. */
export class Restarts {
  private crashes: number[] = [];

  constructor(
    private readonly limit = LIMIT,
    private readonly periodMs = PERIOD_MS,
  ) {}

  /** Record a crash at the time `now`, in milliseconds. Returns whether the server may be restarted. */
  crashed(now: number): boolean {
    this.crashes = this.crashes.filter((time) => now - time < this.periodMs);
    this.crashes.push(now);
    return this.crashes.length <= this.limit;
  }
}
