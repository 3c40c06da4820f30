-- Finds and starts the program `gym-lsp`. Only a program of the active virtual environment or of the PATH is started: a
-- cloned workspace may contain a virtual environment, and opening a file must not run code from it.

local M = {}

--- The `cmd` of the user, for Neovim before 0.11, which does not store it.
---@type string[]|function|nil
M.chosen = nil

local was_reported = false

--- Returns the program of the active virtual environment, else of the PATH; nil if it is not found.
---@return string?
local function find()
  local folder = vim.fn.has('win32') == 1 and 'Scripts' or 'bin'
  for _, variable in ipairs({ 'VIRTUAL_ENV', 'CONDA_PREFIX' }) do
    local environment = vim.env[variable]
    local program = environment and vim.fs.joinpath(environment, folder, 'gym-lsp')
    if program and vim.fn.executable(program) == 1 then
      return program
    end
  end
  local found = vim.fn.exepath('gym-lsp')
  return found ~= '' and found or nil
end

--- The default `cmd`. It is a function because Neovim silently ignores a list whose program is missing.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@param config? vim.lsp.ClientConfig
function M.start(dispatchers, config)
  local options = config and { cwd = config.cmd_cwd, env = config.cmd_env, detached = config.detached }
  return vim.lsp.rpc.start({ find() or 'gym-lsp' }, dispatchers, options)
end

--- Returns the command line in use: the one of the user, or the program that was found.
---@return string[]|function
function M.command()
  local configured = vim.lsp.enable and vim.lsp.config.gym_lsp
  local cmd = configured and configured.cmd or M.chosen
  if cmd and cmd ~= M.start then
    return cmd
  end
  return { find() or 'gym-lsp' }
end

--- Returns whether the program can be started; otherwise shows one message.
---@return boolean
function M.is_installed()
  local command = M.command()
  if type(command) == 'function' or vim.fn.executable(command[1]) == 1 then
    return true
  end
  if not was_reported then
    was_reported = true
    local message = 'gym-lsp: this is a NeMo Gym workspace, but the program `%s` was not found. '
      .. 'Install it, for example with `uv tool install gym-lsp`; see `:checkhealth gym_lsp`.'
    vim.notify(message:format(command[1]), vim.log.levels.WARN)
  end
  return false
end

return M
