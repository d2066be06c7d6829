/** What went wrong, in the words of the service or of the page. Nothing for an empty text. */
export function Problem({ text = '' }: { readonly text: string | undefined }) {
  if (text === '') return null;
  return (
    <p class="wrong lines" role="alert">
      {text}
    </p>
  );
}
