interface PlainVideo {
  readonly video_id: string;
  readonly status: string;
  readonly template_id: string;
  readonly created_at: string;
  readonly elapsed_seconds: number;
  readonly error?: { readonly title: string };
  readonly cost: { readonly estimated_usd: number; readonly money_spent: string };
}

/** Runs in the plain page: makes of it what the page does, in as few lines as possible, without any library. */
export function preparePlain(): void {
  const button = document.querySelector('button');
  const body = document.createElement('tbody');
  document.querySelector('table')?.append(body);

  function toRow(video: PlainVideo): HTMLElement {
    const row = document.createElement('tr');
    const link = document.createElement('a');
    link.href = `#/videos/${video.video_id}`;
    link.textContent = video.video_id;
    const texts = [
      `${video.status} ${video.error?.title ?? ''}`,
      video.template_id,
      new Date(video.created_at).toLocaleString('en'),
      `${video.elapsed_seconds} s`,
      `$${video.cost.estimated_usd} ${video.cost.money_spent}`,
      '',
    ];
    for (const content of [link, ...texts]) {
      const cell = document.createElement('td');
      cell.append(content);
      row.append(cell);
    }
    return row;
  }

  button?.addEventListener('click', async () => {
    button.textContent = String(Number(button.textContent) + 1);
    const answer = await fetch('/videos?limit=50&status=failed');
    const { videos } = (await answer.json()) as { readonly videos: readonly PlainVideo[] };
    body.replaceChildren(...videos.map(toRow));
  });
}
