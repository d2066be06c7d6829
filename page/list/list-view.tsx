import { useEffect } from 'preact/hooks';
import { useNow } from '../parts/hooks.ts';
import { announce } from '../parts/live-region.tsx';
import { Problem } from '../parts/problem.tsx';
import { MAKE, VIDEOS } from '../route.ts';
import { T } from '../strings.ts';
import { useOnce } from '../tabs.ts';
import { FilterForm } from './filter-form.tsx';
import {
  followList,
  isRunning,
  type ListPlace,
  NO_FILTERS,
  readPlace,
  type ShownList,
  toQuery,
} from './list-state.ts';
import { SearchForm } from './search-form.tsx';
import { VideoTable } from './video-table.tsx';

/** All videos, newest first, in pages. */
export function ListView({ query }: { readonly query: string }) {
  const place = readPlace(query);
  const { list, problem } = useOnce<ShownList>(`list ${toQuery(place)}`, followList(place)) ?? {};
  const running = list?.videos.filter(isRunning).length ?? 0;
  const now = useNow(running > 0);
  const count = list?.videos.length;
  useEffect(() => {
    if (count !== undefined) announce(T.updated(count, running));
  }, [count, running]);
  return (
    <>
      <h1>{T.videos}</h1>
      <SearchForm />
      <FilterForm filters={place.filters} />
      <Problem text={problem} />
      {list === undefined && problem === undefined && <p>{T.loading}</p>}
      {list !== undefined && list.videos.length > 0 && <VideoTable videos={list.videos} now={now} />}
      {list !== undefined && list.videos.length === 0 && <Empty place={place} />}
      <Pages place={place} next={list?.next_cursor} />
    </>
  );
}

function Empty({ place }: { readonly place: ListPlace }) {
  const isFiltered = toQuery({ ...place, page: 1 }) !== toQuery({ filters: NO_FILTERS, page: 1 });
  if (isFiltered) return <p>{T.noneFit}</p>;
  return (
    <p>
      {T.noVideos} <a href={MAKE}>{T.makeFirst}</a>
    </p>
  );
}

interface PagesProps {
  readonly place: ListPlace;
  readonly next: string | undefined;
}

/** The way back to an earlier page is the browser's. */
function Pages({ place, next }: PagesProps) {
  const { filters, page } = place;
  if (page === 1 && next === undefined) return null;
  const hrefTo = (to: ListPlace): string => `${VIDEOS}?${toQuery(to)}`;
  return (
    <nav class="row" aria-label={T.page(page)}>
      {page > 1 && <a href={hrefTo({ filters, page: 1 })}>{T.newer}</a>}
      <span>{T.page(page)}</span>
      {next === undefined ? undefined : (
        <a href={hrefTo({ filters, cursor: next, page: page + 1 })}>{T.older}</a>
      )}
    </nav>
  );
}
