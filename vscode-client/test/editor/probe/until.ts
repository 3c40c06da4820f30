// Waits for asynchronous effects in the editor.

const LIMIT_MS = 900_000;
const PAUSE_MS = 50;

/** The result of `look` as soon as it is truthy or null; after a time limit, an error that contains `what`. */
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
