import type { NewVideo } from '../../client/index.ts';
import { type Draft, isDraft, parsed } from './draft.ts';

/**
 * A request that was sent, until it is known what became of it. It is kept in the browser under its key, also when the tab is closed. Only
 * the same request under the same key, to the same service, is safe: it is never paid for twice.
 */
export interface Pending {
  readonly draft: Draft;
  readonly request: NewVideo;
  /** Whether the page had said that it costs nothing. */
  readonly isSimulated: boolean | undefined;
  /** In milliseconds. */
  readonly at: number;
}

/** The service of this page. Another one at this address has requests of its own. */
function prefix(): string {
  return `pending ${document.body.dataset.service ?? ''} `;
}

/** In this tab, so that only this tab sends it again by itself after a reload. */
const MINE = 'sending';

/** @throws Error where the browser cannot keep it: nothing must be sent then */
export function keepPending(pending: Pending): void {
  const { key } = pending.draft;
  sessionStorage.setItem(MINE, key);
  localStorage.setItem(`${prefix()}${key}`, JSON.stringify(pending));
}

export function dropPending({ draft: { key } }: Pending): void {
  localStorage.removeItem(`${prefix()}${key}`);
  if (sessionStorage.getItem(MINE) === key) sessionStorage.removeItem(MINE);
}

/** Was it sent by this tab, before it was loaded again? */
export function isMine({ draft: { key } }: Pending): boolean {
  return sessionStorage.getItem(MINE) === key;
}

/** The requests to this service, and to this MiniMax, whose answers are not known, oldest first. */
export function pendingRequests(isSimulated: boolean | undefined): readonly Pending[] {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix()));
  return names
    .flatMap((name) => parsed<Pending>(localStorage.getItem(name)) ?? [])
    .filter((pending) => isPending(pending) && pending.isSimulated === isSimulated)
    .toSorted((one, other) => one.at - other.at);
}

/** The storage of a browser may have any text. */
function isPending({ draft, request, at }: Pending): boolean {
  return isDraft(draft) && typeof request === 'object' && request !== null && Number.isFinite(at);
}

/** Holds a request while it is sent, so that no other tab offers it. @returns undefined where another tab holds it */
export function whileSending<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
  return navigator.locks.request(`${prefix()}${key}`, { ifAvailable: true }, async (lock) =>
    lock === null ? undefined : work(),
  );
}

/** Is another tab sending it? */
export async function isBeingSent({ draft: { key } }: Pending): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === `${prefix()}${key}`);
}
