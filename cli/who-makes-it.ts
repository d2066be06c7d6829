import { knownPrices, READ_ON } from '../lambdas/core/minimax/templates.ts';
import type { MiniMaxChoice } from './minimax-choice.ts';

const GLOBAL_HOST = 'https://api.minimax.io';

/** Says at the start who is going to make a video, and what that costs. @param template undefined for a task that exists */
export function whoMakesIt(choice: MiniMaxChoice, template: string | undefined): readonly string[] {
  const { apiKey, host = GLOBAL_HOST } = choice;
  if (apiKey !== undefined && template === undefined)
    return [`The real MiniMax at ${host} is asked for the task. Nothing new is paid for.`];
  if (apiKey !== undefined)
    return [`The real MiniMax at ${host} makes the video and charges for it${price(template, host)}.`];
  const what =
    template === undefined
      ? 'It knows no task of your account.'
      : 'The file will be its test clip, not the video that you ask for.';
  return [
    `No MINIMAX_API_KEY is set, so a simulated MiniMax answers. ${what}`,
    howToGetTheRealOne(choice, template),
  ];
}

/** Says once more, at the end, that a simulated video is not what was asked for. */
export function whatWasMade(choice: MiniMaxChoice, template: string | undefined): readonly string[] {
  if (choice.apiKey !== undefined) return [];
  return [
    'This is the test clip of the simulated MiniMax, not the video that you asked for.',
    howToGetTheRealOne(choice, template),
  ];
}

/** Says of a service that stays up who makes its videos. */
export function whoMakesThem(choice: MiniMaxChoice): readonly string[] {
  const { apiKey, host = GLOBAL_HOST } = choice;
  if (apiKey === undefined)
    return [
      'No MINIMAX_API_KEY is set, so a simulated MiniMax answers. Every video is its test clip, whatever is asked for.',
      howToGetTheRealOne(choice, undefined),
    ];
  return [`The real MiniMax at ${host} makes the videos and charges for each${price(undefined, host)}.`];
}

function howToGetTheRealOne({ host = GLOBAL_HOST }: MiniMaxChoice, template: string | undefined): string {
  return `For the real one, set MINIMAX_API_KEY to your key. MiniMax then charges for each video${price(template, host)}.`;
}

/** What MiniMax's page said, as the catalogue has it. @param template undefined for all */
function price(template: string | undefined, host: string): string {
  const prices = knownPrices(host, template);
  if (prices.length === 0) return '; the price is not known here';
  const [least, most] = [Math.min(...prices), Math.max(...prices)].map((usd) => `$${usd.toFixed(2)}`);
  const what = template === undefined ? `${least} to ${most}` : `${least} for this template`;
  return ` (${what}, by MiniMax's page on ${READ_ON})`;
}
