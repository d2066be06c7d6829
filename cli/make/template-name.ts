import type { Catalogue } from '../../client/index.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';

/** Is it a name of a template, which only a catalogue makes an id? */
export function isTemplateName(given: string): boolean {
  return !/^\d+$/.test(given);
}

/**
 * The id of a template that is given by its id, its name or the beginning of its name.
 * @param field where it was given
 * @throws UsageError, with the known names, for one that is unknown or ambiguous
 */
export function toTemplateId(
  given: string,
  { templates }: Pick<Catalogue, 'templates'>,
  field = '--template',
): string {
  if (!isTemplateName(given) || templates.some(({ template_id }) => template_id === given)) return given;
  const wanted = given.trim().toLowerCase();
  const exact = templates.filter(({ name }) => name.toLowerCase() === wanted);
  const found =
    exact.length > 0 ? exact : templates.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first.template_id;
  const problem = first === undefined ? 'is no known template' : 'fits several templates';
  const listed = (first === undefined ? templates : found).map(
    ({ template_id, name }) => `\n  ${template_id}  ${printable(name)}`,
  );
  throw new UsageError(
    `${field} "${printable(given)}" ${problem}; allowed is an id, or one of these names:${listed.join('')}`,
  );
}
