-- Asks a running server. Hides what changed between Neovim 0.10 and later releases.

local M = {}

local DOTTED = vim.fn.has('nvim-0.11') == 0

--- The server that answers for a buffer, else any that runs.
---@param buffer integer
---@return vim.lsp.Client?
function M.of(buffer)
  return vim.lsp.get_clients({ name = 'gym_lsp', bufnr = buffer })[1] or vim.lsp.get_clients({ name = 'gym_lsp' })[1]
end

--- Runs a command of the server and hands its answer on; an error is shown.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param answered fun(answer: any)
function M.execute(client, command, argument, answered)
  local params = { command = command, arguments = { argument } }
  local function handler(failure, answer)
    if failure then
      vim.notify('gym-lsp: ' .. failure.message, vim.log.levels.ERROR)
    else
      answered(answer)
    end
  end
  if DOTTED then
    client.request('workspace/executeCommand', params, handler)
  else
    client:request('workspace/executeCommand', params, handler)
  end
end

--- Runs a command of the server and waits for its answer.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param milliseconds integer how long to wait
---@return any answer nil if there is none
---@return string? failure
function M.execute_sync(client, command, argument, milliseconds)
  local params = { command = command, arguments = { argument } }
  local reply, failure
  if DOTTED then
    reply, failure = client.request_sync('workspace/executeCommand', params, milliseconds, 0)
  else
    reply, failure = client:request_sync('workspace/executeCommand', params, milliseconds)
  end
  if not reply then
    return nil, failure
  end
  return reply.result, reply.err and reply.err.message
end

return M
