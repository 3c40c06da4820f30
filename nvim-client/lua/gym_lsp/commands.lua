-- The subcommands of `:GymLsp`.

local client_of = require('gym_lsp.client')

local M = {}

--- What the arguments of a command ask about: configs and `key=value` overrides, or without any the file at hand.
local function run_of(arguments)
  local run = { configs = {}, overrides = {} }
  for _, argument in ipairs(arguments) do
    table.insert(argument:find('=', 1, true) and run.overrides or run.configs, argument)
  end
  if #run.configs == 0 then
    run.uri, run.configs = vim.uri_from_bufnr(0), nil
  end
  if #run.overrides == 0 then
    run.overrides = nil
  end
  return run
end

local SUBCOMMANDS = {}

function SUBCOMMANDS.resolved(client, arguments)
  require('gym_lsp.resolved').open(client, run_of(arguments))
end

function SUBCOMMANDS.wiring(client, arguments)
  local format = 'mermaid'
  if arguments[1] == 'mermaid' or arguments[1] == 'dot' then
    format = table.remove(arguments, 1)
  end
  local run = vim.tbl_extend('force', run_of(arguments), { format = format })
  local name = 'gym-lsp://wiring/' .. (run.uri and vim.fn.fnamemodify(vim.uri_to_fname(run.uri), ':~:.')
    or table.concat(run.configs, ' ')) .. '.' .. format
  require('gym_lsp.scratch').open(name, format, function(answered)
    client_of.execute(client, 'gymLsp.wiring', run, function(answer)
      answered(answer.text)
    end)
  end)
end

function SUBCOMMANDS.status(client)
  client_of.execute(client, 'gymLsp.status', vim.empty_dict(), function(status)
    local release = status.release ~= vim.NIL and status.release or 'not found'
    local message = 'gym-lsp %s, %s: NeMo Gym %s, %d files, %d configs, %d errors, %d warnings'
    local counts = { status.files, status.configs, status.errors, status.warnings }
    vim.notify(message:format(status.version, status.state, release, unpack(counts)))
  end)
end

--- Runs a subcommand.
---@param given table what |nvim_create_user_command()| hands over
function M.run(given)
  local arguments = vim.deepcopy(given.fargs)
  local name = table.remove(arguments, 1)
  local subcommand = SUBCOMMANDS[name]
  local client = client_of.of(0)
  if not subcommand then
    vim.notify(('gym-lsp: there is no `:GymLsp %s`.'):format(name), vim.log.levels.ERROR)
  elseif not client then
    vim.notify('gym-lsp: the server does not run: open a NeMo Gym config first.', vim.log.levels.ERROR)
  else
    subcommand(client, arguments)
  end
end

--- Completes subcommands, formats and paths of configs.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local words = vim.split(line, '%s+')
  local candidates
  if #words <= 2 then
    candidates = vim.tbl_keys(SUBCOMMANDS)
    table.sort(candidates)
  else
    candidates = vim.fn.getcompletion(lead, 'file')
    if words[2] == 'wiring' and #words == 3 then
      vim.list_extend(candidates, { 'dot', 'mermaid' })
    end
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
