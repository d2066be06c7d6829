import { knownPrices, READ_ON } from '../lambdas/core/minimax/templates.ts';
import { GLOBAL_HOST, type MiniMaxChoice } from './minimax-choice.ts';

/** Says which MiniMax makes the video, and what it charges. @param template undefined for a task that exists */
export function startNotice(choice: MiniMaxChoice, template: string | undefined): readonly string[] {
  const { apiKey, host = GLOBAL_HOST } = choice;
  if (apiKey !== undefined && template === undefined)
    return [`The real MiniMax at ${host} is asked for the task. There is no new charge.`];
  if (apiKey !== undefined)
    return [`The real MiniMax at ${host} makes the video and charges for it${price(template, host)}.`];
  const consequence =
    template === undefined
      ? 'It does not know the tasks of your account.'
      : 'The file will be its test clip, not the video that you ask for.';
  return [
    `No MINIMAX_API_KEY is set, so a simulated MiniMax answers. ${consequence}`,
    realMiniMaxHint(choice, template),
  ];
}

/** Repeats at the end that a simulated video is a test clip. */
export function endNotice(choice: MiniMaxChoice, template: string | undefined): readonly string[] {
  if (choice.apiKey !== undefined) return [];
  return [
    'This is the test clip of the simulated MiniMax, not the video that you asked for.',
    realMiniMaxHint(choice, template),
  ];
}

/** Says which MiniMax makes the videos of a service. */
export function serviceNotice(choice: MiniMaxChoice): readonly string[] {
  const { apiKey, host = GLOBAL_HOST } = choice;
  if (apiKey === undefined)
    return [
      'No MINIMAX_API_KEY is set, so a simulated MiniMax answers. Every video is its test clip.',
      realMiniMaxHint(choice, undefined),
    ];
  return [`The real MiniMax at ${host} makes the videos and charges for each${price(undefined, host)}.`];
}

function realMiniMaxHint({ host = GLOBAL_HOST }: MiniMaxChoice, template: string | undefined): string {
  return `For the real one, set MINIMAX_API_KEY to your key. MiniMax then charges for each video${price(template, host)}.`;
}

/** The price from the catalogue. @param template undefined for all */
function price(template: string | undefined, host: string): string {
  const prices = knownPrices(host, template);
  if (prices.length === 0) return '; the price is not known here';
  const [least, most] = [Math.min(...prices), Math.max(...prices)].map((usd) => `$${usd.toFixed(2)}`);
  const range = template === undefined ? `${least} to ${most}` : `${least} for this template`;
  return ` (${range}, by MiniMax's page on ${READ_ON})`;
}
