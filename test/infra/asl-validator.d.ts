/** The little of asl-validator's surface that is used here; the package brings no types. */
declare module 'asl-validator' {
  export default function validate(definition: object): { readonly isValid: boolean; errorsText(): string };
}
