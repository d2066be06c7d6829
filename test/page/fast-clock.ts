/**
 * Runs in the page, before its own program: an hour passes in a minute of a `speed` of 60. Timers and `Date` are faster, and the network
 * and the frames of the screen are not.
 */
export function useFastClock(speed: number): void {
  const RealDate = Date;
  const begin = RealDate.now();
  const { setTimeout: later, setInterval: always } = window;
  class FastDate extends RealDate {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [FastDate.now()] : given) as [number]));
    }
    static override now(): number {
      return begin + (RealDate.now() - begin) * speed;
    }
  }
  const fast =
    (timer: typeof later | typeof always) =>
    (work: () => void, ms = 0, ...given: readonly unknown[]) =>
      timer(work, ms / speed, ...given);
  Object.assign(window, { Date: FastDate, setTimeout: fast(later), setInterval: fast(always) });
}
