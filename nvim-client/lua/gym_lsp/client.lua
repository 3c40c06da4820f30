-- Requests to a running server. Hides the differences between Neovim 0.10 and later releases.

local M = {}

local HAS_METHODS = vim.fn.has('nvim-0.11') == 1

--- Returns the server that is attached to a buffer, else any running one.
---@param buffer integer
---@return vim.lsp.Client?
function M.of(buffer)
  return vim.lsp.get_clients({ name = 'gym_lsp', bufnr = buffer })[1] or vim.lsp.get_clients({ name = 'gym_lsp' })[1]
end

--- Sends a request and passes the result to `on_result`; shows an error.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param on_result fun(result: any)
function M.request(client, method, params, on_result)
  local function handler(failure, result)
    if failure then
      vim.notify('gym-lsp: ' .. failure.message, vim.log.levels.ERROR)
    else
      on_result(result)
    end
  end
  if HAS_METHODS then
    client:request(method, params, handler)
  else
    client.request(method, params, handler)
  end
end

--- Runs a command of the server and passes the result to `on_result`; shows an error.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param on_result fun(result: any)
function M.execute(client, command, argument, on_result)
  M.request(client, 'workspace/executeCommand', { command = command, arguments = { argument } }, on_result)
end

--- Runs a command of the server and waits for the result.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param milliseconds integer how long to wait
---@return any result nil if the command failed
---@return string? failure
function M.execute_sync(client, command, argument, milliseconds)
  local params = { command = command, arguments = { argument } }
  local reply, failure
  if HAS_METHODS then
    reply, failure = client:request_sync('workspace/executeCommand', params, milliseconds)
  else
    reply, failure = client.request_sync('workspace/executeCommand', params, milliseconds, 0)
  end
  if not reply then
    return nil, failure
  end
  return reply.result, reply.err and reply.err.message
end

return M
