/** A part of a template as text, without the hashes that the CDK appends to logical ids. */
export function readable(value: unknown): string {
  return JSON.stringify(value).replaceAll(/TemplateVideo(\w+?)[0-9A-F]{8}\b/g, '$1');
}
