-- Sends one tools/call per request. Each has its own id, because the gateway may refuse an id that is already in flight.
-- Arguments: the first id, the session ids to use alternately (comma-separated, may be empty), the protocol version.

-- All ids have 14 digits, so that every request has the same length. Lua prints integers of that size exactly.
local placeholder = "10000000000000"
local ids_per_thread = 1000000000000
local threads = 0
local heads, tail = {}

function setup(thread)
   thread:set("thread_offset", threads * ids_per_thread)
   threads = threads + 1
end

function init(args)
   next_id = tonumber(args[1]) + thread_offset
   wrk.headers["Content-Type"] = "application/json"
   wrk.headers["Accept"] = "application/json, text/event-stream"
   wrk.headers["MCP-Protocol-Version"] = args[3]
   local body = '{"jsonrpc":"2.0","id":' .. placeholder
      .. ',"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello"}}}'
   for session in (args[2] .. ","):gmatch("([^,]*),") do
      if session ~= "" then
         wrk.headers["Mcp-Session-Id"] = session
      end
      local request = wrk.format("POST", nil, nil, body)
      local from, to = request:find(placeholder, 1, true)
      heads[#heads + 1], tail = request:sub(1, from - 1), request:sub(to + 1)
   end
end

function request()
   next_id = next_id + 1
   return heads[next_id % #heads + 1] .. next_id .. tail
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("RESULT %d %d %d %d %d %d\n",
      summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
