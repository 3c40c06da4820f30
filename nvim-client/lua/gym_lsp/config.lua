-- The configuration of the client, for both `vim.lsp.enable` and `vim.lsp.start`.

local M = {}

--- The last status of each server, by the id of its client.
---@type table<integer, table>
M.statuses = {}

local YAML_SERVERS = { 'yamlls', 'yaml-language-server', 'yaml_language_server' }

--- Returns whether a generic YAML server runs as well. It then provides the outline and reports the syntax errors.
local function other_yaml_server()
  for _, name in ipairs(YAML_SERVERS) do
    if #vim.lsp.get_clients({ name = name }) > 0 or (vim.lsp.is_enabled and vim.lsp.is_enabled(name)) then
      return true
    end
  end
  return false
end

--- The configuration of the user, for Neovim before 0.11, which does not store it.
---@type table?
M.chosen = nil

--- Returns whether shell scripts and Markdown are checked.
local function checks_documents()
  local config = vim.lsp.enable and vim.lsp.config.gym_lsp or M.chosen or {}
  return (config.init_options or {}).documents ~= false
end

--- Calls `on_dir` with the workspace of a buffer if it is a NeMo Gym workspace. Another file is checked again when it
--- is written.
---@param buffer integer
---@param on_dir fun(root: string)
local function root_dir(buffer, on_dir)
  local roots = require('gym_lsp.root')
  local is_document = vim.tbl_contains(roots.DOCUMENTS, vim.bo[buffer].filetype)
  if is_document and not checks_documents() then
    return
  end
  local root = (is_document and roots.of_document or roots.of)(buffer)
  if root then
    if require('gym_lsp.server').is_installed() then
      on_dir(root)
    end
    return
  end
  vim.api.nvim_create_autocmd('BufWritePost', {
    buffer = buffer,
    once = true,
    desc = 'Start gym-lsp if the file is now a NeMo Gym config, or contains a command or a config',
    callback = function()
      root_dir(buffer, on_dir)
    end,
  })
end

local function show_references(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local items = vim.lsp.util.locations_to_items(command.arguments[3], client.offset_encoding)
  vim.fn.setqflist({}, ' ', { title = command.title, items = items })
  vim.cmd('botright copen')
end

local function show_resolved(command, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  require('gym_lsp.resolved').open(client, { uri = command.arguments[1].uri })
end

local function on_status(_, status, context)
  for name, value in pairs(status) do
    -- The server sends null for a missing value; in Lua the key is left out.
    status[name] = value ~= vim.NIL and value or nil
  end
  M.statuses[context.client_id] = status
  vim.api.nvim_exec_autocmds('User', { pattern = 'GymLspStatus', data = status, modeline = false })
end

--- Returns a new copy of the default configuration.
---@return table
function M.default()
  return {
    name = 'gym_lsp',
    cmd = require('gym_lsp.server').start,
    filetypes = vim.list_extend({ 'yaml', 'jsonl' }, require('gym_lsp.root').DOCUMENTS),
    root_dir = root_dir,
    init_options = {
      commands = { 'gymLsp.showReferences', 'gymLsp.showResolved' },
      statusNotification = true,
    },
    before_init = function(params, config)
      local options = config.init_options or {}
      if options.otherYamlServer == nil then
        options = vim.tbl_extend('force', options, { otherYamlServer = other_yaml_server() })
      end
      params.initializationOptions = options
    end,
    commands = {
      ['gymLsp.showReferences'] = show_references,
      ['gymLsp.showResolved'] = show_resolved,
    },
    handlers = { ['gymLsp/status'] = on_status },
  }
end

return M
