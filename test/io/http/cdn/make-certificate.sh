#!/usr/bin/env bash
# Makes the certificate with which the tests pose as MiniMax's hosts. Its key is no secret: nothing but these tests trusts it.
set -euo pipefail
cd "$(dirname "$0")"
hosts=DNS:cdn.hailuoai.com,DNS:video-product.cdn.minimax.io,DNS:filecdn.minimax.chat,DNS:videos.oss-cn-shanghai.aliyuncs.com
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \
  -subj /CN=tests -addext "subjectAltName=$hosts" -keyout key.pem -out certificate.pem
