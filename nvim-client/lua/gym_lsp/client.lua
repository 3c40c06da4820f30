-- Requests to a running server. Hides the differences between Neovim 0.10 and later releases.

local M = {}

local HAS_METHODS = vim.fn.has('nvim-0.11') == 1

--- How long a server may take to start, in milliseconds.
local START = 20000

--- Returns the server that is attached to a buffer, else any running one.
---@param buffer integer
---@return vim.lsp.Client?
function M.of(buffer)
  return vim.lsp.get_clients({ name = 'gym_lsp', bufnr = buffer })[1] or vim.lsp.get_clients({ name = 'gym_lsp' })[1]
end

--- Shows a message of an error.
---@param message string
function M.report(message)
  vim.notify('gym-lsp: ' .. message, vim.log.levels.ERROR)
end

--- Returns the server of a folder, which is started if it does not run; nil if it cannot run, which is shown.
---@param root string
---@return vim.lsp.Client?
function M.start(root)
  local missing = require('gym_lsp.server').what_is_missing()
  if missing then
    M.report(missing)
    return nil
  end
  local defaults = require('gym_lsp.config')
  local configured = vim.lsp.config and vim.lsp.config.gym_lsp or defaults.chosen or defaults.default()
  local config = vim.tbl_extend('force', configured, { root_dir = root })
  local id
  if HAS_METHODS then
    id = vim.lsp.start(config, { attach = false })
  else
    local running = vim.tbl_filter(function(client)
      return client.config.root_dir == root
    end, vim.lsp.get_clients({ name = 'gym_lsp' }))
    id = running[1] and running[1].id or vim.lsp.start_client(config)
  end
  local function is_ready()
    local client = id and vim.lsp.get_client_by_id(id)
    return client ~= nil and client.initialized == true
  end
  if not vim.wait(START, is_ready, 20) then
    vim.notify('gym-lsp: the server did not start; see `:checkhealth gym_lsp`', vim.log.levels.ERROR)
    return nil
  end
  return vim.lsp.get_client_by_id(id)
end

--- Returns the server that is attached to a buffer, else that of the working directory, which is started if it does not
--- run; and the root of its workspace. Returns nil if no server can run, which is shown.
---@param buffer integer
---@return vim.lsp.Client?
---@return string? root
function M.of_workspace(buffer)
  local attached = vim.lsp.get_clients({ name = 'gym_lsp', bufnr = buffer })[1]
  if attached then
    return attached, attached.root_dir or attached.config.root_dir
  end
  local root = require('gym_lsp.root').of_folder(vim.fn.getcwd())
  return M.start(root), root
end

--- Sends a request and passes the result to `on_result`, or the message of an error to `on_failure`, which shows it by
--- default.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param on_result fun(result: any)
---@param on_failure? fun(message: string)
function M.request(client, method, params, on_result, on_failure)
  local function handler(failure, result)
    if failure then
      (on_failure or M.report)(failure.message)
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

--- Sends a notification.
---@param client vim.lsp.Client
---@param method string
---@param params table
function M.notify(client, method, params)
  if HAS_METHODS then
    client:notify(method, params)
  else
    client.notify(method, params)
  end
end

--- Runs a command of the server; see `request`.
---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param on_result fun(result: any)
---@param on_failure? fun(message: string)
function M.execute(client, command, argument, on_result, on_failure)
  M.request(client, 'workspace/executeCommand', { command = command, arguments = { argument } }, on_result, on_failure)
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
