import type { SynthesizedTemplate } from './template.ts';

/** Values by which events are chosen: a field is in the list, or is an object that fits. */
export interface Pattern {
  readonly [field: string]: Pattern | readonly string[];
}

/** A rule of the default event bus: the functions that it calls, and the events that it does so for, or how often. */
export interface EventRule {
  readonly pattern?: Pattern;
  readonly everyHours?: number;
  readonly functionArns: readonly string[];
}

interface RuleProperties {
  readonly EventPattern?: Pattern;
  readonly ScheduleExpression?: string;
  readonly Targets: readonly { readonly Arn: string }[];
}

export function readRules(template: SynthesizedTemplate): readonly EventRule[] {
  const rules = [...template.resources('AWS::Events::Rule').values()] as unknown as readonly RuleProperties[];
  return rules.map(({ EventPattern: pattern, ScheduleExpression: schedule, Targets }) => {
    const functionArns = Targets.map(({ Arn }) => Arn);
    if (pattern === undefined) return { everyHours: toHours(schedule), functionArns };
    refuseFilters(pattern);
    return { pattern, functionArns };
  });
}

/** @throws Error where it is no rate of hours */
function toHours(schedule = ''): number {
  const [, hours] = /^rate\((\d+) hours?\)$/.exec(schedule) ?? [];
  if (hours === undefined) throw new Error(`There is no local stand-in for the schedule "${schedule}".`);
  return Number(hours);
}

/** @throws Error where a pattern does more than list values */
function refuseFilters(pattern: Pattern): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    if (!Array.isArray(wanted)) refuseFilters(wanted as Pattern);
    else if (wanted.some((value) => typeof value !== 'string'))
      throw new Error(`There is no local stand-in for the event filter ${field}: ${JSON.stringify(wanted)}.`);
  }
}
