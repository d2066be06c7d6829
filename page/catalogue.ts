import { useEffect, useState } from 'preact/hooks';
import type { Catalogue } from '../client/index.ts';
import { findTemplate } from '../lambdas/core/minimax/find-template.ts';
import { client } from './connection.ts';
import { formatDollars } from './format.ts';
import { T } from './strings.ts';

export type Template = Catalogue['templates'][number];

let asked: Promise<Catalogue> | undefined;

/** How long after an error the catalogue is asked for again. */
const AGAIN_MS = 5_000;

/** The catalogue, which is asked for once, and after an error again. */
export function useCatalogue(): { readonly catalogue?: Catalogue; readonly error?: unknown } {
  const [found, setFound] = useState<{ readonly catalogue?: Catalogue; readonly error?: unknown }>({});
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    function ask(): void {
      asked ??= client.templates();
      asked.then(
        (catalogue) => isOver || setFound({ catalogue }),
        (error: unknown) => {
          asked = undefined;
          if (isOver) return;
          setFound({ error });
          timer = setTimeout(ask, AGAIN_MS);
        },
      );
    }
    ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return found;
}

export function templateOf(id: string | undefined, catalogue: Catalogue | undefined): Template | undefined {
  return catalogue && findTemplate(id, catalogue);
}

/** The name of a template, or its id where no name is known. */
export function nameOf(id: string | undefined, catalogue: Catalogue | undefined): string {
  return templateOf(id, catalogue)?.name ?? id ?? T.unknown;
}

/** What a video costs before it is made. @param usd of the price list, where it has one */
export function costOf(usd: number | null | undefined, isSimulated: boolean | undefined): string {
  if (isSimulated === true) return T.free;
  return typeof usd === 'number' ? T.price(formatDollars(usd)) : T.priceUnknown;
}

/** What was spent on a video. @param spent `no`, `maybe` or `yes`, as the service says. @default it is being made */
export function spentOf(
  usd: number | null | undefined,
  spent: string | undefined,
  isSimulated: boolean | undefined,
): string {
  if (isSimulated === true) return T.free;
  if (spent === 'no') return T.notCharged;
  return T.charged(costOf(usd, false), T.spent[spent ?? 'maybe'] ?? T.unknown);
}
