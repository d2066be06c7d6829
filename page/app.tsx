import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useReach } from './connection.ts';
import { ListView } from './list/list-view.tsx';
import { MakeView } from './make/make-view.tsx';
import { Guarded } from './parts/guarded.tsx';
import { LiveRegion } from './parts/live-region.tsx';
import { MAKE, type Route, useRoute, VIDEOS } from './route.ts';
import { T } from './strings.ts';
import { WatchView } from './watch/watch-view.tsx';

export function App() {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  useFocusOnChange(keyOf(route), main);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {T.skip}
      </button>
      <header>
        <a class="name" href={MAKE}>
          {T.title}
        </a>
        <nav aria-label={T.nav}>
          <NavLink href={MAKE} isHere={route.view === 'make'}>
            {T.make}
          </NavLink>
          <NavLink href={VIDEOS} isHere={route.view !== 'make'}>
            {T.videos}
          </NavLink>
        </nav>
      </header>
      <Notices />
      <main id="main" ref={main} tabIndex={-1}>
        <Guarded key={keyOf(route)}>
          <View route={route} />
        </Guarded>
      </main>
      <LiveRegion />
    </>
  );
}

function View({ route }: { readonly route: Route }) {
  if (route.view === 'video') return <WatchView videoId={route.videoId} />;
  if (route.view === 'videos') return <ListView query={route.query} />;
  return <MakeView template={route.template} from={route.from} />;
}

/** Another view, as a screen reader hears it. Filters and templates are a part of their view. */
function keyOf(route: Route): string {
  return route.view === 'video' ? `video ${route.videoId}` : route.view;
}

const TITLES: Readonly<Record<string, string>> = { make: T.make, videos: T.videos };

function useFocusOnChange(key: string, main: { readonly current: HTMLElement | null }): void {
  const shown = useRef(key);
  useEffect(() => {
    document.title = T.titleOf(TITLES[key] ?? T.video);
    if (shown.current !== key) main.current?.focus();
    shown.current = key;
  }, [key, main]);
}

interface NavLinkProps {
  readonly href: string;
  readonly isHere: boolean;
  readonly children: ComponentChildren;
}

function NavLink({ href, isHere, children }: NavLinkProps) {
  return (
    <a href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

function Notices() {
  const { isReachable, why = '', isSimulated } = useReach();
  return (
    <div class="notices" role="status">
      {!isReachable && <p class="notice wrong">{`${T.unreachable} ${why}`}</p>}
      {isSimulated === true && <p class="notice">{T.simulated}</p>}
      {isSimulated === false && <p class="notice money">{T.real}</p>}
    </div>
  );
}
