import { useEffect, useState } from 'preact/hooks';
import { videoIdIn } from '../client/address.ts';

/** What the page shows. It is in the fragment of the address, which no server gets. */
export type Route =
  | { readonly view: 'make'; readonly template?: string; readonly from?: string }
  | { readonly view: 'videos'; readonly query: string }
  | { readonly view: 'video'; readonly videoId: string };

/** @param hash as in `#/videos/{video_id}`. What is no route shows the first view. */
export function toRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [, view, id] = path.split('/');
  const videoId = videoIdIn(id ?? '');
  if (view === 'videos' && videoId !== undefined) return { view: 'video', videoId };
  if (view === 'videos') return { view: 'videos', query };
  const given = new URLSearchParams(query);
  return {
    view: 'make',
    template: given.get('template') ?? undefined,
    from: given.get('from') ?? undefined,
  };
}

export const MAKE = '#/';
export const VIDEOS = '#/videos';

export function hrefOf(videoId: string): string {
  return `${VIDEOS}/${encodeURIComponent(videoId)}`;
}

export function makeHref(parameters: Readonly<Record<string, string>>): string {
  return `${MAKE}?${new URLSearchParams(parameters)}`;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return toRoute(hash);
}
