import {
  AGENT,
  botCard,
  deskCard,
  message,
  SYSTEM,
  textElement,
  USER,
  type WireElement,
  type WireMessage,
} from './wire.js';

const CUSTOMER = '8618655061639';
const DESK = '@customer_service_account';
const AGENT_MEI = 'agent_mei';
// The API page's example message: the customer's last word here.
const LAST = 1730939030138;

/** The session of the API page: 26 messages about a pair of headphones, from the bot to an agent who keeps one waiting. */
export function supportRequest(): WireMessage[] {
  const lines: readonly (readonly [secondsBeforeLast: number, account: string, role: number, body: WireElement])[] = [
    [2410, CUSTOMER, USER, deskCard('7')],
    [2409, DESK, SYSTEM, deskCard('29', { subtype: 'welcome_msg', content: welcome })],
    [2388, CUSTOMER, USER, textElement('Hi 👋 one of my headphones is silent')],
    [2386, DESK, SYSTEM, botCard(2, { chunks: ['I am sorry to hear that. ', 'Which model is it?'], isFinished: 1 })],
    [2341, CUSTOMER, USER, deskCard('22', { content: product })],
    [2339, DESK, SYSTEM, deskCard('15', { content: options })],
    [2322, CUSTOMER, USER, textElement('Talk to a person')],
    [2321, DESK, SYSTEM, deskCard('17', { content: { nickName: 'Mei' } })],
    [2320, DESK, SYSTEM, textElement('You are now talking to Mei.')],
    [2290, AGENT_MEI, AGENT, textElement('Hello, this is Mei. Could you send me a photo of the plug?')],
    [2218, CUSTOMER, USER, photo],
    [2180, CUSTOMER, USER, voice],
    [
      2102,
      AGENT_MEI,
      AGENT,
      textElement('Thank you, I see it: the contact is bent. That is covered by the guarantee.'),
    ],
    [2071, AGENT_MEI, AGENT, textElement('Do you still have the receipt?')],
    [1950, CUSTOMER, USER, receipt],
    [1933, CUSTOMER, USER, textElement('这是发票，是公司买的')],
    [1890, AGENT_MEI, AGENT, textElement('谢谢！没问题，我们可以寄到公司。')],
    [1842, AGENT_MEI, AGENT, deskCard('30', { content: steps })],
    [1790, CUSTOMER, USER, textElement('Great. How long will it take?')],
    [1755, AGENT_MEI, AGENT, textElement('About five working days. May I have the address?')],
    [1690, CUSTOMER, USER, address],
    [1688, CUSTOMER, USER, { MsgType: 'TIMFaceElem', MsgContent: { Index: 14, Data: '[smile]' } }],
    [1650, AGENT_MEI, AGENT, deskCard('28', { content: order })],
    [1640, AGENT_MEI, AGENT, textElement('Done. One moment, I am asking the warehouse for a parcel number…')],
    [301, CUSTOMER, USER, textElement('Are you still there? 🙂')],
    [0, CUSTOMER, USER, textElement('hello')],
  ];
  return lines.map(([before, account, role, body]) => message(account, role, LAST - before * 1000, body));
}

const welcome = {
  title: 'Hello! I am the shop’s assistant. You could ask me:',
  items: [
    { id: 'q1', content: 'Where is my order?', answer: 'Open “My orders” and choose “Track”.' },
    { id: 'q2', content: 'How do I return something?', answer: 'Within 30 days, free of charge.' },
  ],
};

const product = {
  header: 'Aria 2 wireless headphones',
  desc: '¥ 699.00',
  pic: 'https://shop.example/img/aria2.jpg',
  url: 'https://shop.example/p/aria2?color=sand',
};

const options = {
  header: 'What would you like to do?',
  items: [
    { content: 'Read the troubleshooting page', desc: '' },
    { content: 'Talk to a person', desc: 'Weekdays 8–20 h' },
  ],
  tail: 'Just choose one',
};

const steps =
  '**How it goes on**\n\n1. Print the [label](https://shop.example/returns/label)\n2. Pack the headphones\n3. Hand them in';

const order = {
  header: '20241107-0031',
  desc: 'Replacement, free of charge',
  pic: 'https://shop.example/img/aria2.jpg',
  url: 'https://shop.example/orders/20241107-0031',
  customField: [{ name: 'Status', value: 'Being packed' }],
};

const photo: WireElement = {
  MsgType: 'TIMImageElem',
  MsgContent: {
    UUID: '1400000000_8618655061639_6f1d2c',
    ImageFormat: 1,
    ImageInfoArray: [
      { Type: 1, Size: 1853095, Width: 2448, Height: 3264, URL: 'https://cos.example/6f1d2c/0' },
      { Type: 2, Size: 202487, Width: 540, Height: 720, URL: 'https://cos.example/6f1d2c/720' },
      { Type: 3, Size: 30132, Width: 148, Height: 198, URL: 'https://cos.example/6f1d2c/198' },
    ],
  },
};

const voice: WireElement = {
  MsgType: 'TIMSoundElem',
  MsgContent: { Url: 'https://cos.example/voice/9ab0', UUID: '9ab0', Size: 62351, Second: 12, Download_Flag: 2 },
};

const receipt: WireElement = {
  MsgType: 'TIMFileElem',
  MsgContent: {
    Url: 'https://cos.example/file/7731',
    UUID: '7731',
    FileSize: 88214,
    FileName: '发票 2024-08.pdf',
    Download_Flag: 2,
  },
};

const address: WireElement = {
  MsgType: 'TIMLocationElem',
  MsgContent: { Desc: '深圳市南山区海天二路33号', Latitude: 22.5219, Longitude: 113.9353 },
};
