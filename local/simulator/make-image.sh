#!/bin/sh
# Makes pet.jpg, the image that stands for the one of MiniMax's own example: 640x480. Needs ffmpeg.
cd "$(dirname "$0")" || exit 1
exec ffmpeg -y -hide_banner -loglevel error \
  -f lavfi -i "gradients=s=640x480:d=1:r=1:c0=0x1f6f8b:c1=0xf2a65a:n=2:seed=7" \
  -vf "drawtext=text='a pet':fontsize=64:fontcolor=white:x=(w-tw)/2:y=(h-th)/2" \
  -frames:v 1 -q:v 12 -map_metadata -1 -fflags +bitexact -flags:v +bitexact pet.jpg
