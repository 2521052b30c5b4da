#!/bin/bash
# certificates.sh DIR: what TLS is tested with, in DIR: ca.pem, an authority; NAME.pem, certificates
# with their keys: good (for 127.0.0.1 and localhost), host (for another host), expired, future (not
# valid yet), stranger (of another authority), selfsigned.
set -euo pipefail
cd "${1:?usage: certificates.sh DIR}"
exec 3>&2 2>openssl.log
trap 'status=$?; [ $status = 0 ] || cat openssl.log >&3' EXIT
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
# Certificates that have run out, or are not valid yet: no `openssl x509` from 3.5 on makes one; the
# authority's own tool takes dates.
cat >authority.conf <<'END'
[ca]
default_ca = x
[x]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
END
touch index.txt && echo 1000 >serial
sign_dated() { # name first day last day
    openssl ca -batch -notext -config authority.conf -cert ca.pem -keyfile ca.key \
        -in request -out certificate -extfile <(echo "$here") \
        -startdate "$2"000000Z -enddate "$3"000000Z
    cat certificate key >"$1.pem"
}
sign_dated expired 20200101 20200102
sign_dated future 20960101 20960102
sign stranger other 2 "$here"
openssl x509 -req -in request -signkey key -days 2 -extfile <(echo "$here") -out certificate
cat certificate key >selfsigned.pem
rm -f ./*.key ./*.srl key request certificate other.pem openssl.log authority.conf index.txt* serial* 100?.pem
