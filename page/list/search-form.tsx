import { useState } from 'preact/hooks';
import { isVideoId } from '../../client/address.ts';
import { Problem } from '../parts/problem.tsx';
import { hrefOf } from '../route.ts';
import { T } from '../strings.ts';

/** Opens a video by its id, also one that is on another page of the list. */
export function SearchForm() {
  const [id, setId] = useState('');
  const [isBad, setIsBad] = useState(false);
  function open(event: Event): void {
    event.preventDefault();
    const videoId = id.trim();
    setIsBad(!isVideoId(videoId));
    if (isVideoId(videoId)) location.hash = hrefOf(videoId);
  }
  return (
    <form class="row" onSubmit={open}>
      <label>
        {T.search}
        <input
          type="search"
          value={id}
          aria-invalid={isBad}
          onInput={({ currentTarget }) => setId(currentTarget.value)}
        />
      </label>
      <button type="submit">{T.open}</button>
      {isBad && <Problem text={T.badId} />}
    </form>
  );
}
