import { createInterface } from 'node:readline';
import type { Catalogue } from '../../client/index.ts';
import { findTemplate } from '../../lambdas/core/minimax/find-template.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { UsageError, UserError } from '../../local/user-error.ts';
import { Interrupted } from '../errors.ts';

const NOTHING_SENT = 'Nothing was sent.';

/** What a video costs, by a price list. */
export interface Estimate {
  /** Undefined where no price is known. */
  readonly usd: number | undefined;
  /** For people, without a full stop. */
  readonly sentence: string;
}

export function toEstimate(template: string, catalogue: Catalogue): Estimate {
  const { name = `Template ${template}`, price_usd } = findTemplate(template, catalogue) ?? {};
  const shown = printable(name);
  if (typeof price_usd !== 'number')
    return {
      usd: undefined,
      sentence: `MiniMax charges for a video of ${shown}, whose price is not known here`,
    };
  const source = `by MiniMax's page on ${catalogue.read_on}`;
  return { usd: price_usd, sentence: `A video of ${shown} costs about $${price_usd.toFixed(2)}, ${source}` };
}

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

interface AskOptions {
  readonly signal: AbortSignal;
  /** @default that of this process */
  readonly terminal?: Terminal;
}

/**
 * Asks on the terminal before money is spent. @throws UsageError where there is no terminal
 * @throws UserError where the answer is not yes
 */
export async function confirmCost({ sentence }: Estimate, { signal, terminal }: AskOptions): Promise<void> {
  const { input, output } = terminal ?? { input: process.stdin, output: process.stderr };
  if (!input.isTTY || !output.isTTY)
    throw new UsageError(
      `${sentence}. There is no terminal to ask on: add --yes to spend the money. ${NOTHING_SENT}`,
    );
  const answer = await ask(`${sentence}. Go on? [y/N] `, { input, output }, signal);
  if (signal.aborted) throw new Interrupted(NOTHING_SENT);
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError(NOTHING_SENT);
}

/** @returns '' where the input ends without a line */
async function ask(question: string, { input, output }: Terminal, signal: AbortSignal): Promise<string> {
  // Without `terminal`, Ctrl-C stays a signal to this process.
  const lines = createInterface({ input, terminal: false, signal });
  output.write(question);
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    input.unref?.();
  }
}
