#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Slipway's edge beside Caddy and nginx with one worker, in one run on loopback: a proxied small GET on kept connections,
# files of 1 KB and 100 KB, and the memory of idle connections.
# Usage: Benchmarks/edge.sh [--json] [--seconds N] [--rounds N] [--connections N] [--threads N] [--idle N]
# Prints requests per second, p99, CPU seconds per 100,000 requests and resident memory (medians of the rounds), and
# the edge's ratios to the other two. As root on Debian it installs wrk, nginx-light and caddy when they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
json=false seconds=8 rounds=3 connections=32 threads=1 idle=10000
while [ $# -gt 0 ]; do
    case $1 in
    --json) json=true ;;
    --seconds) seconds=$2; shift ;;
    --rounds) rounds=$2; shift ;;
    --connections) connections=$2; shift ;;
    --threads) threads=$2; shift ;;
    --idle) idle=$2; shift ;;
    *) echo "unknown option $1" >&2; exit 64 ;;
    esac
    shift
done

missing=()
for pair in wrk:wrk nginx:nginx-light caddy:caddy python3:python3; do
    PATH=$PATH:/usr/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing with apt: ${missing[*]}" >&2
        apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
    else
        echo "missing: ${missing[*]}; install them first" >&2
        exit 69
    fi
fi
slipway=${SLIPWAY:-.build/release/slipway}
if [ ! -x "$slipway" ]; then
    echo "building slipway" >&2
    swift build -c release --product slipway --static-swift-stdlib >&2
fi

folder=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
read -r upstream nginx caddy edge nginx_files edge_files < <(python3 -c '
import socket
taken = [socket.socket() for _ in range(6)]
for one in taken: one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in taken])')

# nginx's own defaults but for logs and paths; 1,000 requests a connection would otherwise end each of them.
nginx_configuration() { # NAME SERVER
    mkdir -p "$folder/$1"
    cat >"$folder/$1.conf" <<CONF
worker_processes 1; daemon off; pid $folder/$1.pid; error_log $folder/$1.log;
events { worker_connections 4096; }
http {
    access_log off; keepalive_requests 100000000;
    client_body_temp_path $folder/$1; proxy_temp_path $folder/$1; fastcgi_temp_path $folder/$1;
    uwsgi_temp_path $folder/$1; scgi_temp_path $folder/$1;
    $2
}
CONF
}
nginx_configuration upstream "server { listen 127.0.0.1:$upstream; location / { default_type application/json; return 200 '{\"status\":\"ok\",\"items\":[1,2,3]}'; } }"
nginx_configuration proxy "
    upstream app { server 127.0.0.1:$upstream; keepalive 64; keepalive_requests 100000000; }
    server { listen 127.0.0.1:$nginx; location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection '';
        proxy_set_header Host \$host; proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for; } }"
chmod 755 "$folder" # nginx, started as root, works as another account
mkdir "$folder/files"
head -c 1024 /dev/urandom >"$folder/files/1k.bin"
head -c 102400 /dev/urandom >"$folder/files/100k.bin"
nginx_configuration files "sendfile on; tcp_nopush on; server { listen 127.0.0.1:$nginx_files; root $folder/files; }"
cat >"$folder/Caddyfile" <<CONF
{
    admin off
    auto_https off
    log {
        level ERROR
    }
}
http://127.0.0.1:$caddy {
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:$upstream
}
CONF
PATH=$PATH:/usr/sbin
nginx -c "$folder/upstream.conf" -p "$folder" 2>/dev/null & pids+=($!)
nginx -c "$folder/proxy.conf" -p "$folder" 2>/dev/null & pids+=($!); nginx_master=$!
nginx -c "$folder/files.conf" -p "$folder" 2>/dev/null & pids+=($!); files_master=$!
XDG_DATA_HOME=$folder XDG_CONFIG_HOME=$folder caddy run --config "$folder/Caddyfile" --adapter caddyfile \
    >/dev/null 2>"$folder/caddy.log" & pids+=($!); caddy_pid=$!
"$slipway" debug edge --listen "$edge" --upstream "$upstream" --threads "$threads" >/dev/null & pids+=($!); edge_pid=$!
"$slipway" debug edge --listen "$edge_files" --root "$folder/files" --threads "$threads" >/dev/null &
pids+=($!); edge_files_pid=$!
for port in $upstream $nginx $caddy $edge $nginx_files $edge_files; do
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
        sleep 0.05
    done
    echo "nothing listens on port $port" >&2
    exit 69
done
nginx_pid=$(pgrep -P "$nginx_master" | head -1)
nginx_files_pid=$(pgrep -P "$files_master" | head -1)

ticks() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
measure() { # NAME PORT PID [FILE]
    local before after
    before=$(ticks "$3")
    wrk -t1 -c"$connections" -d"${seconds}s" --latency "http://127.0.0.1:$2/${4:-}" >"$folder/wrk" 2>&1
    after=$(ticks "$3")
    echo "$1 $((after - before)) $(resident "$3") $(awk '
        /requests in/ { requests = $1 } /99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 }
        /Non-2xx|Socket errors/ { bad = 1 } END { print requests, rate, p99, bad + 0 }' "$folder/wrk")" >>"$folder/results"
}
for port in $nginx $caddy $edge; do wrk -t1 -c"$connections" -d1s "http://127.0.0.1:$port/" >/dev/null; done
for round in $(seq "$rounds"); do
    echo "round $round of $rounds, load $(cut -d' ' -f1 /proc/loadavg)" >&2
    measure nginx "$nginx" "$nginx_pid"
    measure caddy "$caddy" "$caddy_pid"
    measure edge "$edge" "$edge_pid"
    for file in 1k 100k; do
        measure "nginx-$file" "$nginx_files" "$nginx_files_pid" "$file.bin"
        measure "edge-$file" "$edge_files" "$edge_files_pid" "$file.bin"
    done
done

# Each connection has had one answer, as a browser's has that waits for the next click.
held=$(python3 - "$edge" "$idle" "$edge_pid" <<'PYTHON'
import resource, socket, sys
port, wanted, pid = map(int, sys.argv[1:])
wanted = min(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)
held = []
for _ in range(wanted):
    held.append(socket.create_connection(("127.0.0.1", port)))
    held[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    held[-1].recv(4096)
resident = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")).split()[1]
print(wanted, int(resident) / 1024)
PYTHON
)

HELD=$held JSON=$json HERTZ=$(getconf CLK_TCK) python3 - "$folder/results" <<'PYTHON'
import json, os, statistics, sys
unit = {"us": 0.001, "ms": 1, "s": 1000}
def milliseconds(text):
    for name in ("us", "ms", "s"):
        if text.endswith(name): return float(text[:-len(name)]) * unit[name]
rows = {}
for line in open(sys.argv[1]):
    name, ticks, resident, requests, rate, p99, bad = line.split()
    if bad != "0": sys.exit(f"{name} answered with errors")
    cpu = int(ticks) / int(os.environ["HERTZ"]) / int(requests) * 100_000
    rows.setdefault(name, []).append((float(rate), milliseconds(p99), cpu, int(resident) / 1024))
keys = ("requestsPerSecond", "p99Milliseconds", "cpuSecondsPer100k", "residentMegabytes")
report = {n: {k: round(statistics.median(r[i] for r in v), 3) for i, k in enumerate(keys)} for n, v in rows.items()}
def ratio(one, other): return {k: round(report[one][k] / report[other][k], 3) for k in keys if report[other][k]}
ratios = {f"to_{o}": ratio("edge", o) for o in ("caddy", "nginx")}
ratios |= {f"{f}_to_nginx": ratio(f"edge-{f}", f"nginx-{f}") for f in ("1k", "100k")}
connections, megabytes = os.environ["HELD"].split()
idle = {"connections": int(connections), "residentMegabytes": round(float(megabytes), 1)}
if os.environ["JSON"] == "true":
    print(json.dumps({**report, "edgeRatio": ratios, "idle": idle}, indent=1))
else:
    print(f"{'':12}{'requests/s':>12}{'p99 ms':>9}{'CPU s/100k':>12}{'RSS MB':>8}")
    for name, v in report.items():
        print(f"{name:12}{v[keys[0]]:12.0f}{v[keys[1]]:9.2f}{v[keys[2]]:12.2f}{v[keys[3]]:8.1f}")
    print(f"{idle['connections']} idle connections: {idle['residentMegabytes']} MB")
    for other, v in ratios.items():
        print(f"edge {other.replace('_', ' ')}: {v[keys[0]]:.2f} x requests/s, {v[keys[1]]:.2f} x p99, "
              f"{v.get(keys[2], 0):.2f} x CPU per request, {v[keys[3]]:.2f} x memory")
PYTHON
