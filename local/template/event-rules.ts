import * as z from 'zod/mini';
import type { SynthesizedTemplate } from './template.ts';

/** Matches a number that is greater. */
export interface GreaterThan {
  readonly greaterThan: number;
}

/** A pattern of EventBridge. A field matches one of the listed values and comparisons, or is an object that matches. */
export interface Pattern {
  readonly [field: string]: Pattern | readonly (string | GreaterThan)[];
}

/** A rule of the default event bus, by events or by schedule. */
export interface EventRule {
  readonly pattern?: Pattern;
  readonly everyHours?: number;
  readonly functionArns: readonly string[];
}

const fields = z.record(z.string(), z.unknown());
const ruleProperties = z.object({
  EventPattern: z.optional(fields),
  ScheduleExpression: z.optional(z.string()),
  Targets: z.array(z.object({ Arn: z.string() })),
});

export function readRules(template: SynthesizedTemplate): readonly EventRule[] {
  return [...template.resources('AWS::Events::Rule').values()].map((properties) => {
    const { EventPattern, ScheduleExpression, Targets } = z.parse(ruleProperties, properties);
    const functionArns = Targets.map(({ Arn }) => Arn);
    return EventPattern === undefined
      ? { everyHours: toHours(ScheduleExpression), functionArns }
      : { pattern: toPattern(EventPattern), functionArns };
  });
}

/** @throws Error for a schedule that is no rate of hours, as in `rate(1 hour)` */
function toHours(schedule = ''): number {
  const [, hours] = /^rate\((\d+) hours?\)$/.exec(schedule) ?? [];
  if (hours === undefined) throw new Error(`The local service does not support the schedule "${schedule}".`);
  return Number(hours);
}

const comparison = z.strictObject({ numeric: z.tuple([z.literal('>'), z.number()]) });
const matcher = z.union([
  z.string(),
  z.pipe(
    comparison,
    z.transform(({ numeric: [, greaterThan] }): GreaterThan => ({ greaterThan })),
  ),
]);

/** @throws Error for a pattern with another filter than `{"numeric": [">", 0]}`, such as `prefix` */
function toPattern(pattern: Readonly<Record<string, unknown>>): Pattern {
  const entries = Object.entries(pattern).map(([field, wanted]) => {
    if (!Array.isArray(wanted)) return [field, toPattern(z.parse(fields, wanted))] as const;
    const values = z.safeParse(z.array(matcher), wanted).data;
    if (values !== undefined) return [field, values] as const;
    throw new Error(
      `The local service does not support the event filter ${field}: ${JSON.stringify(wanted)}.`,
    );
  });
  return Object.fromEntries(entries);
}
