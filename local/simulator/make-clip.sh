#!/bin/sh
# Makes clip.mp4, the video that the simulator serves: five seconds, 640x360, H.264 and AAC. Needs ffmpeg.
cd "$(dirname "$0")" || exit 1
exec ffmpeg -y -hide_banner -loglevel error \
  -f lavfi -i "gradients=s=640x360:r=25:d=5:c0=0x0b1d3a:c1=0x1f6f8b:c2=0xf2a65a:c3=0x7b2d43:n=4:speed=0.02:seed=7" \
  -f lavfi -i "sine=frequency=330:duration=5,volume=0.05" \
  -vf "drawbox=x='mod(t*128\,640)-60':y=250:w=60:h=34:color=white@0.85:t=fill,\
drawbox=x=0:y=284:w=640:h=3:color=white@0.5:t=fill,\
drawtext=text='Template Video':fontsize=46:fontcolor=white:x=(w-tw)/2:y=110,\
drawtext=text='simulated clip  %{pts\:hms}':fontsize=20:fontcolor=white@0.8:x=(w-tw)/2:y=170" \
  -c:v libx264 -profile:v main -preset veryslow -crf 27 -pix_fmt yuv420p -c:a aac -b:a 32k \
  -map_metadata -1 -fflags +bitexact -flags:v +bitexact -movflags +faststart clip.mp4
