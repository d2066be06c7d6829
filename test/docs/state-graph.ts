import { type Definition, toConstructId } from '../harness/synthesized.ts';

/** The arrows of a definition, as `From > To` or, for a Catch, `From error> To`, by the ids of the constructs. */
export function arrowsOf({ StartAt, States }: Definition): readonly string[] {
  const arrow = (from: string, kind: string, to: string): string =>
    `${toConstructId(from)} ${kind} ${toConstructId(to)}`;
  const real = Object.entries(States).flatMap(([name, { Next, Default, Choices = [], Catch = [] }]) => {
    const next = [Next, Default, ...Choices.map((choice) => choice.Next)].filter((to) => to !== undefined);
    return [
      ...next.map((to) => arrow(name, '>', to)),
      ...Catch.map((catcher) => arrow(name, 'error>', catcher.Next)),
    ];
  });
  return [...real, `start > ${toConstructId(StartAt)}`].toSorted();
}

/** The arrows of the first flowchart of a page, in the form of `arrowsOf`. */
export function drawnArrows(markdown: string): readonly string[] {
  const [, picture = ''] = /```mermaid\n(flowchart[^`]*)```/.exec(markdown) ?? [];
  return [...picture.matchAll(/^ {2}(\w+)(?:\W[^>]*?)? ((?:-- \w+ )?-->|-\. error \.->) (\w+)/gm)]
    .map(([, from, arrow, to]) => `${from} ${arrow?.includes('error') ? 'error> ' : '> '}${to}`)
    .toSorted();
}
