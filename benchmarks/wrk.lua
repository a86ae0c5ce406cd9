-- wrk -s wrk.lua URL -- METHOD PATH …: asks for the paths in turn, prints one line of JSON at the end.
local method, paths, turn = "GET", {}, 0
local body = nil
local headers = {
    ["X-Forwarded-Proto"] = "https", -- as the proxy says that ends TLS
    ["Accept-Encoding"] = "gzip",
    ["Sec-Fetch-Site"] = "same-origin",
}

function init(arguments)
    method = arguments[1]
    for index = 2, #arguments do
        paths[#paths + 1] = arguments[index]
    end
    if method == "POST" then
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = "quantity=1"
    end
end

function request()
    turn = turn % #paths + 1
    return wrk.format(method, paths[turn], headers, body)
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "bytes": %d, "seconds": %.3f, "p50": %.3f, "p95": %.3f, "errors": %d}\n',
        summary.requests, summary.bytes, summary.duration / 1e6,
        latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
