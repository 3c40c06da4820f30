-- Finds and starts the `gym-lsp` program. Only what the user has made active or put on the PATH is run: a workspace
-- that was just cloned may hold a virtual environment too, and opening a file must not run what lies in it.

local M = {}

--- The `cmd` that the user chose where Neovim does not keep it, before 0.11.
---@type string[]|function|nil
M.chosen = nil

local told = false

--- The program: of the active virtual environment, else of the PATH; nil if there is none.
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

--- The default `cmd`. It is a function because Neovim passes over a list whose program is missing, and says nothing.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@param config? vim.lsp.ClientConfig
function M.start(dispatchers, config)
  local options = config and { cwd = config.cmd_cwd, env = config.cmd_env, detached = config.detached }
  return vim.lsp.rpc.start({ find() or 'gym-lsp' }, dispatchers, options)
end

--- The command line in use: the user's own, or what was found.
---@return string[]|function
function M.command()
  local configured = vim.lsp.enable and vim.lsp.config.gym_lsp
  local cmd = configured and configured.cmd or M.chosen
  if cmd and cmd ~= M.start then
    return cmd
  end
  return { find() or 'gym-lsp' }
end

--- Whether the program can be started; if not, says so once.
---@return boolean
function M.is_there()
  local command = M.command()
  if type(command) == 'function' or vim.fn.executable(command[1]) == 1 then
    return true
  end
  if not told then
    told = true
    local message = 'gym-lsp: this is a NeMo Gym workspace, but there is no program `%s`. '
      .. 'Install it, for example by `uv tool install gym-lsp`; `:checkhealth gym_lsp` tells more.'
    vim.notify(message:format(command[1]), vim.log.levels.WARN)
  end
  return false
end

return M
