#!/bin/bash
# certificates.sh DIR: what TLS is tested with, in DIR: ca.pem, an authority; NAME.pem, certificates
# with their keys: good (for 127.0.0.1 and localhost), host (for another host), expired, stranger
# (of another authority), selfsigned.
set -euo pipefail
cd "${1:?usage: certificates.sh DIR}"
exec 2>openssl.log
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
here=subjectAltName=IP:127.0.0.1,DNS:localhost

for ca in ca other; do
    openssl req -x509 "${new_key[@]}" -keyout $ca.key -out $ca.pem -subj "/CN=$ca" -days 2
done
openssl req "${new_key[@]}" -keyout key -out request -subj /CN=sandbox

sign() { # name authority days subjectAltName
    openssl x509 -req -in request -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" \
        -extfile <(echo "$4") -out certificate
    cat certificate key >"$1.pem"
}
sign good ca 2 "$here"
sign host ca 2 subjectAltName=DNS:api.hubapi.example
sign expired ca -1 "$here"
sign stranger other 2 "$here"
openssl x509 -req -in request -signkey key -days 2 -extfile <(echo "$here") -out certificate
cat certificate key >selfsigned.pem
rm -f ./*.key ./*.srl key request certificate other.pem openssl.log
