-- What wrk asks, from the environment. BENCH_PATHS: a file of paths to ask in turn. BENCH_WRITE_EVERY: each nth request
-- writes a comment on BENCH_WRITE_POST; BENCH_RUN makes its text unlike those of other runs. With none of them wrk asks
-- its URL, with a request made once. The last line of the output is the result, as JSON.

local every = tonumber(os.getenv("BENCH_WRITE_EVERY") or "0")
local post = os.getenv("BENCH_WRITE_POST")
local run = os.getenv("BENCH_RUN")
local file = os.getenv("BENCH_PATHS")

local paths, made, asked = {}, {}, 0
if file then
  for path in io.lines(file) do paths[#paths + 1] = path end
end

local function write()
  local body = string.format(
    '{"post":%s,"author":"Reader","comment":"Thank you, this *saved* me an afternoon.\\n\\n%s %d"}', post, run, asked)
  return wrk.format("POST", "/api/comments", { ["Content-Type"] = "application/json" }, body)
end

local function read()
  local path = file and paths[asked % #paths + 1] or wrk.path
  made[path] = made[path] or wrk.format("GET", path)
  return made[path]
end

if every > 0 or file then
  request = function()
    asked = asked + 1
    if every > 0 and asked % every == 0 then return write() end
    return read()
  end
end

done = function(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.timeout + e.status
  io.write(string.format('\n{"requests":%d,"seconds":%f,"bytes":%d,"failed":%d,"p99":%f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, failed, latency:percentile(99) / 1000))
end
