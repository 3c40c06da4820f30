-- `:checkhealth gym_lsp`: the program, its version, the NeMo Gym in use, and the number of files read.

local M = {}

local health = vim.health
local TIMEOUT = 30000

local function check_server()
  local server = require('gym_lsp.server')
  local command = server.command()
  if type(command) == 'function' then
    health.info('A function of the configuration starts the server.')
    return
  end
  local program = vim.fn.exepath(command[1])
  if program == '' then
    health.error(('Program `%s` not found'):format(command[1]), {
      server.how_to_install() .. '.',
      "Or set its path: `vim.lsp.config('gym_lsp', { cmd = { '/path/to/gym-lsp' } })`.",
    })
    return
  end
  health.ok(('Server: %s'):format(program))
  local done = vim.system({ program, '--version' }, { text = true, timeout = TIMEOUT }):wait()
  if done.code == 0 then
    health.ok(('Version: %s'):format(vim.trim(done.stdout)))
  else
    health.error(('`%s --version` failed: %s'):format(program, vim.trim(done.stderr or '')))
  end
end

--- Returns the value of a field, nil for the null of JSON.
local function value_of(value)
  return value ~= vim.NIL and value or nil
end

local function check_client(client)
  health.info(('Workspace: %s'):format(client.root_dir or client.config.root_dir or 'none'))
  local status, failure = require('gym_lsp.client').execute_sync(client, 'gymLsp.status', vim.empty_dict(), TIMEOUT)
  if not status then
    health.error(('The server does not respond: %s'):format(failure or 'no reply'))
    return
  end
  if value_of(status.release) then
    local place = value_of(status.installRoot)
    health.ok(('NeMo Gym %s%s'):format(status.release, place and (' in ' .. vim.uri_to_fname(place)) or ''))
  else
    health.warn('NeMo Gym not found; gym-lsp uses the rules of the newest release that it supports', {
      'Start Neovim in the virtual environment that NeMo Gym is installed in, or set `gymRoot` in `init_options`.',
    })
  end
  health.ok(('%s: %d files, %d of them configs'):format(status.state, status.files, status.configs))
  health.info(('%d errors, %d warnings'):format(status.errors, status.warnings))
end

--- Runs the checks of `:checkhealth gym_lsp`.
function M.check()
  health.start('gym-lsp')
  if vim.fn.has('nvim-0.10') == 0 then
    health.error('gym-lsp needs Neovim 0.10 or newer.')
    return
  end
  check_server()
  local clients = vim.lsp.get_clients({ name = 'gym_lsp' })
  if #clients == 0 then
    health.info('The server is not running; it starts when you open the first file of a NeMo Gym workspace')
    if vim.lsp.is_enabled and not vim.lsp.is_enabled('gym_lsp') then
      health.warn("The server is not enabled; call `vim.lsp.enable('gym_lsp')` in your init.lua")
    end
  end
  for _, client in ipairs(clients) do
    check_client(client)
  end
end

return M
