-- Finds and starts the program `gym-lsp`. Only a program of the active virtual environment or of the PATH is started: a
-- cloned workspace may contain a virtual environment, and opening a file must not run code from it.

local M = {}

--- The `cmd` of the user, for Neovim before 0.11, which does not store it.
---@type string[]|function|nil
M.chosen = nil

--- The name of gym-lsp on the package index; nil while gym-lsp is not published. Until then anyone could publish a
--- package with this name, so the messages name a clone.
---@type string?
M.package = nil

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

--- Returns one sentence that describes how to install the server: from the package index, else from the clone that
--- contains this plugin.
---@return string
function M.how_to_install()
  local source = M.package
  if not source then
    local clone = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h:h:h')
    local is_clone = vim.fn.filereadable(vim.fs.joinpath(clone, 'pyproject.toml')) == 1
    source = is_clone and vim.fn.shellescape(clone) or '<folder of a clone of gym-lsp>'
  end
  local sentence = 'Install it: `uv tool install %s`, `pipx install %s`, or `pip install %s` in a virtual environment'
  return sentence:format(source, source, source)
end

--- Returns one sentence about a program that cannot be started; nil if it can be started.
---@return string?
function M.what_is_missing()
  local command = M.command()
  if type(command) == 'function' or vim.fn.executable(command[1]) == 1 then
    return nil
  end
  return ('the program `%s` was not found. %s; see `:checkhealth gym_lsp`.'):format(command[1], M.how_to_install())
end

--- Returns whether the program can be started; otherwise shows one message.
---@return boolean
function M.is_installed()
  local missing = M.what_is_missing()
  if missing and not was_reported then
    was_reported = true
    vim.notify('gym-lsp: this is a NeMo Gym workspace, but ' .. missing, vim.log.levels.WARN)
  end
  return missing == nil
end

return M
