import { Component, type ComponentChildren } from 'preact';
import { T } from '../strings.ts';

interface Props {
  readonly children: ComponentChildren;
}

/** A part that cannot be shown must not take the others with it, such as one broken video among a thousand. */
export class Guarded extends Component<Props, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ isBroken: true });
  }

  render({ children }: Props) {
    return this.state.isBroken ? <p class="wrong">{T.broken}</p> : children;
  }
}
