-- `:checkhealth gym_lsp`: is the server found, does it start, which NeMo Gym did it find, what has it read?

local M = {}

local health = vim.health
local TIMEOUT = 5000

local function check_server()
  local command = require('gym_lsp.server').command()
  if type(command) == 'function' then
    health.info('The server is started by a function of the configuration.')
    return
  end
  local program = vim.fn.exepath(command[1])
  if program == '' then
    health.error(('No program `%s`.'):format(command[1]), {
      'Install it: `uv tool install gym-lsp`, `pipx install gym-lsp`, or `pip install gym-lsp` in a virtual environment.',
      "Or name it: `vim.lsp.config('gym_lsp', { cmd = { '/path/to/gym-lsp' } })`.",
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

--- What is there of a field of an answer; the server says null of what is not.
local function given(value)
  return value ~= vim.NIL and value or nil
end

local function check_client(client)
  health.info(('Workspace: %s'):format(client.root_dir or client.config.root_dir or 'none'))
  local status, failure = require('gym_lsp.client').execute_sync(client, 'gymLsp.status', vim.empty_dict(), TIMEOUT)
  if not status then
    health.error(('The server does not answer: %s'):format(failure or 'no reply'))
    return
  end
  if given(status.release) then
    local place = given(status.installRoot)
    health.ok(('NeMo Gym %s%s'):format(status.release, place and (' in ' .. vim.uri_to_fname(place)) or ''))
  else
    health.warn('No NeMo Gym was found, so the newest release that gym-lsp knows is the measure.', {
      'Start Neovim in the virtual environment that NeMo Gym is installed in, or set `gymRoot` in `init_options`.',
    })
  end
  health.ok(('%s: %d files, %d of them configs'):format(status.state, status.files, status.configs))
  health.info(('%d errors, %d warnings'):format(status.errors, status.warnings))
end

--- What `:checkhealth gym_lsp` runs.
function M.check()
  health.start('gym-lsp')
  if vim.fn.has('nvim-0.10') == 0 then
    health.error('gym-lsp needs Neovim 0.10 or newer.')
    return
  end
  check_server()
  local clients = vim.lsp.get_clients({ name = 'gym_lsp' })
  if #clients == 0 then
    health.info('The server does not run: it starts with the first file of a NeMo Gym workspace.')
    if vim.lsp.is_enabled and not vim.lsp.is_enabled('gym_lsp') then
      health.warn("It is not enabled: call `vim.lsp.enable('gym_lsp')` in your init.lua.")
    end
  end
  for _, client in ipairs(clients) do
    check_client(client)
  end
end

return M
