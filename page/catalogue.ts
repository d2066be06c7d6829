import { useEffect, useState } from 'preact/hooks';
import type { Catalogue } from '../client/index.ts';
import { formatDollars } from './format.ts';
import { client, useReach } from './service.ts';
import { T } from './strings.ts';

export type Template = Catalogue['templates'][number];

let asked: Promise<Catalogue> | undefined;

/** The catalogue, which is asked for once. An error is asked again by the next view. */
export function useCatalogue(): { readonly catalogue?: Catalogue; readonly error?: unknown } {
  const [found, setFound] = useState<{ readonly catalogue?: Catalogue; readonly error?: unknown }>({});
  const { isReachable } = useReach();
  useEffect(() => {
    let isOver = false;
    asked ??= client.templates();
    asked.then(
      (catalogue) => isOver || setFound({ catalogue }),
      (error: unknown) => {
        asked = undefined;
        if (!isOver) setFound({ error });
      },
    );
    return () => {
      isOver = true;
    };
  }, [isReachable]);
  return found;
}

export function templateOf(id: string | undefined, catalogue: Catalogue | undefined): Template | undefined {
  return catalogue?.templates.find(({ template_id }) => template_id === id);
}

/** The name of a template, or its id where no name is known. */
export function nameOf(id: string | undefined, catalogue: Catalogue | undefined): string {
  return templateOf(id, catalogue)?.name ?? id ?? T.unknown;
}

/** What a video costs, for a button or a card. */
export function costOf(template: Template | undefined, isSimulated: boolean | undefined): string {
  if (isSimulated === true) return T.free;
  const usd = template?.price_usd;
  return typeof usd === 'number' ? T.price(formatDollars(usd)) : T.priceUnknown;
}
