// Waits for what an editor does in its own time.

const LIMIT_MS = 60_000;
const PAUSE_MS = 50;

/** What `look` sees as soon as it is something; an error that says what never came. */
export async function until<Seen>(
  what: string,
  look: () => PromiseLike<Seen | undefined | false> | undefined,
): Promise<Exclude<Seen, false>> {
  const deadline = Date.now() + LIMIT_MS;
  let reason = "";
  while (Date.now() < deadline) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) {
        return seen as Exclude<Seen, false>;
      }
    } catch (error) {
      reason = `: ${String(error)}`;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}${reason}`);
}
