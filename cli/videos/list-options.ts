import type { ListOptions } from '../../client/index.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';
import { isTemplateName, toTemplateId } from '../make/template-name.ts';
import type { Service } from '../service/connect.ts';

/** The filters of a list, as given. */
export interface FilterValues {
  readonly status: string | undefined;
  readonly template: string | undefined;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly metadata: string | undefined;
}

/** @throws UsageError */
export async function toListOptions(values: FilterValues, { client }: Service): Promise<ListOptions> {
  const { status, template, after, before, metadata } = values;
  return {
    // The service names the statuses that it knows.
    status: status as ListOptions['status'],
    template_id:
      template !== undefined && isTemplateName(template)
        ? toTemplateId(template, await client.templates())
        : template,
    created_after: after && toTime('--after', after),
    created_before: before && toTime('--before', before),
    metadata: metadata === undefined ? undefined : toMetadata(metadata),
  };
}

/** A day begins in UTC. */
function toTime(flag: string, given: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(given) ? `${given}T00:00:00Z` : given;
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(time) && !Number.isNaN(Date.parse(time))) return time;
  throw new UsageError(
    `${flag} is "${printable(given)}"; allowed is a day in UTC or a time with its zone, as in 2026-11-27T08:00:00Z.`,
  );
}

function toMetadata(given: string): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (key !== undefined && value !== undefined) return { [key]: value };
  throw new UsageError(`--metadata is "${printable(given)}"; allowed is KEY=VALUE.`);
}
